// System V shared memory: found by a key, counted by its attachments, and gone with the last of them.
#include <errno.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/shm.h>

#include <algorithm>

#include "core/model/explain.h"
#include "core/model/witness.h"
#include "tests/model/script.h"

namespace ipcscope {
namespace {

constexpr std::int64_t here = 0x7f0000000000, there = 0x7f0000400000;

// 5000 bytes with the key 0x1234 and the id 5, attached by the writer.
class Segments : public ::testing::Test {
 protected:
    Segments() : run({"writer", "reader"}), writer(run.launch()) {
        run.enter(writer, CallId::shmget, {0x1234, 5000, IPC_CREAT | IPC_EXCL | 0600}).exit(5);
        run.enter(writer, CallId::shmat, {5, 0, 0}).exit(here);
    }
    const Object& segment() const { return run.model.objects()[1]; }
    std::uint64_t attached() const { return attachments(run.model, segment().id); }
    std::ptrdiff_t disagreements(std::int64_t count, std::int64_t key, std::string_view mark = "") {
        run.fact(writer, FactKind::SysVMemory, {5, key, 5000, count, 0}, mark);
        run.quiet();
        const std::vector<WitnessLine> lines = compare(run.trace, run.model);
        EXPECT_EQ(lines.size(), 1u);
        return std::ranges::count(lines, false, &WitnessLine::agrees);
    }

    Script run;
    Actor writer;
};

TEST_F(Segments, AnAttachmentIsAMapping) {
    EXPECT_EQ(run.lines().back(), "writer  shmat(5 segment#1, NULL, 0) = segment#1");
    ASSERT_EQ(run.process(writer).mappings.size(), 1u);
    EXPECT_EQ(run.process(writer).mappings[0].length, 8192u);
    EXPECT_TRUE(run.process(writer).mappings[0].is_shared);
    EXPECT_EQ(disagreements(1, 0x1234), 0);
    EXPECT_EQ(disagreements(2, 0x1234), 1);
    EXPECT_EQ(disagreements(1, 0x1235), 1);
    run.enter(writer, CallId::shmat, {5, 0, SHM_RDONLY}).exit(there);
    EXPECT_EQ(run.lines().back(), "writer  shmat(5 segment#1, NULL, SHM_RDONLY) = segment#1");
    EXPECT_EQ(run.process(writer).mappings[1].protection, PROT_READ);
    EXPECT_EQ(attached(), 2u);
    run.enter(writer, CallId::shmdt, {there}).exit(0);
    EXPECT_EQ(run.lines().back(), "writer  shmdt(segment#1) = 0");
    EXPECT_EQ(attached(), 1u);
    EXPECT_FALSE(segment().has_ended);
}

TEST_F(Segments, AChildInheritsItAndAnExecTakesItAway) {
    const Actor reader = run.fork(writer, 3);
    EXPECT_EQ(attached(), 2u);
    run.image(reader, "/bin/true");
    EXPECT_EQ(attached(), 1u);
    const Actor borrower = run.born(writer, 4, BirthHow::Vforked);
    EXPECT_EQ(attached(), 1u) << "it lives in its parent's memory";
    run.image(borrower, "/bin/true");
    EXPECT_EQ(attached(), 1u);
}

TEST_F(Segments, LivesOnWithoutAnybody) {
    run.ended(writer, exited(0));
    EXPECT_EQ(attached(), 0u);
    EXPECT_FALSE(segment().has_ended);
    EXPECT_NE(run.model.object_at("shmid:5"), nullptr);
}

TEST_F(Segments, RemovedItGoesWithTheLastAttachment) {
    const Actor reader = run.fork(writer, 3);
    run.enter(writer, CallId::shmctl, {5, IPC_RMID, 0}).exit(0);
    EXPECT_EQ(run.lines().back(), "writer  shmctl(5 segment#1, IPC_RMID, NULL) = 0");
    EXPECT_TRUE(segment().segment->is_marked);
    EXPECT_FALSE(segment().has_ended);
    EXPECT_EQ(disagreements(2, 0, "SHM_DEST"), 0);
    EXPECT_EQ(disagreements(2, 0), 1);
    run.enter(writer, CallId::shmdt, {here}).exit(0);
    EXPECT_FALSE(segment().has_ended);
    run.ended(reader, killed(9));
    EXPECT_TRUE(segment().has_ended);
    EXPECT_EQ(run.model.object_at("shmid:5"), nullptr);
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST_F(Segments, RemovedWithoutAttachmentsItIsGoneAtOnce) {
    run.enter(writer, CallId::shmdt, {here}).exit(0);
    run.enter(writer, CallId::shmctl, {5, IPC_RMID, 0}).exit(0);
    EXPECT_TRUE(segment().has_ended);
    EXPECT_EQ(sentence_for_call(run.trace, run.model, run.log.entries().back().enter), "writer removed segment 5: nobody had it attached, it is gone.");
}

TEST_F(Segments, PiecesGoTogether) {
    run.enter(writer, CallId::mprotect, {here, 4096, PROT_READ}).exit(0);
    EXPECT_EQ(attached(), 2u) << "as the kernel counts them";
    run.enter(writer, CallId::shmdt, {here}).exit(0);
    EXPECT_EQ(attached(), 0u);
}

TEST_F(Segments, OfAnUnseenProgramTheKernelTells) {
    const Actor reader = run.fork(writer, 3);
    run.image(reader, "/bin/static", false);
    run.fact(reader, FactKind::Mapping, {there, 8192, 0, 5, PROT_READ | PROT_WRITE}, "/SYSV00001234");
    EXPECT_EQ(attached(), 2u);
    run.fact(reader, FactKind::Mapping, {there + 0x100000, 4096, 0, 0, PROT_READ}, "/SYSV00000000 (deleted)");
    ASSERT_EQ(run.process(reader).mappings.size(), 2u);
    const Object& other = run.model.objects()[run.process(reader).mappings[1].object];
    EXPECT_EQ(other.path, "shmid:0");
    EXPECT_EQ(other.kind, ObjectKind::SysVMemory);
}

TEST_F(Segments, HowLongItIsTheKernelMayTell) {
    run.enter(writer, CallId::shmget, {0x99, 0, 0600}).exit(6);
    run.enter(writer, CallId::shmat, {6, 0, 0}).exit(there);
    EXPECT_EQ(run.process(writer).mapping_at(there)->length, 4096u);
    run.fact(writer, FactKind::SysVMemory, {6, 0x99, 10000, 3, 0});
    EXPECT_EQ(run.process(writer).mapping_at(there)->length, 12288u);
    EXPECT_EQ(run.model.objects()[2].file_size, 10000);
}

}  // namespace
}  // namespace ipcscope
