#include "core/model/witness.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>

#include "tests/model/script.h"

namespace ipcscope {
namespace {

class Witnessed : public ::testing::Test {
 protected:
    Witnessed() : run({"parent"}), parent(run.launch()) { run.pipe(parent, 3, 4); }

    void pipe_facts(int read_flags = O_RDONLY, std::int64_t inode = 48812) {
        for (int fd = 0; fd < 3; ++fd)
            run.fact(parent, FactKind::Descriptor, {fd, O_RDWR | 0100000, 0, 6, S_IFCHR | 0620}, "/dev/pts/3");
        const std::string link = "pipe:[" + std::to_string(inode) + "]";
        run.fact(parent, FactKind::Descriptor, {3, read_flags, 0, inode, S_IFIFO | 0600}, link);
        run.fact(parent, FactKind::Descriptor, {4, O_WRONLY, 0, inode, S_IFIFO | 0600}, link);
        run.fact(parent, FactKind::DescriptorCount, {5});
    }
    std::vector<WitnessLine> lines() {
        run.quiet();
        return compare(run.trace, run.model);
    }
    std::size_t disagreements() {
        const auto all = lines();
        return static_cast<std::size_t>(std::ranges::count(all, false, &WitnessLine::agrees));
    }
    WitnessLine only_disagreement() {
        for (const WitnessLine& line : lines())
            if (!line.agrees) return line;
        return {};
    }

    Script run;
    Actor parent;
};

TEST_F(Witnessed, AgreesOnAPipe) {
    run.write(parent, 4, "hello");
    run.hold(parent, CallId::read, {3, 1, 16});
    run.fact(parent, FactKind::ThreadState, {'S', 202}, "futex_do_wait");
    run.fact(parent, FactKind::ProcessState, {'S', 4702});
    pipe_facts();
    run.fact(parent, FactKind::PipeBytes, {48812, 5, 65536, 5}, "hello");
    const auto all = lines();
    ASSERT_EQ(all.size(), 11u);
    for (const WitnessLine& line : all) EXPECT_TRUE(line.agrees) << line.source << ": " << line.kernel << " / " << line.model;
    EXPECT_EQ(all[0].source, "/proc/4702/stat");
    EXPECT_EQ(all[0].kernel, "S (sleeping)");
    EXPECT_EQ(all[5].source, "/proc/4702/fd/3");
    EXPECT_EQ(all[5].kernel, "pipe:[48812] O_RDONLY");
    EXPECT_EQ(all[8].source, "FIONREAD pipe:[48812]");
    EXPECT_EQ(all[8].model, "5");
    EXPECT_EQ(all[10].model, "\"hello\"");
    EXPECT_EQ(all[10].object, run.object(parent, 3).id);
}

TEST_F(Witnessed, AnInodeMustStay) {
    pipe_facts();
    EXPECT_EQ(disagreements(), 0u);
    pipe_facts(O_RDONLY, 999);
    EXPECT_EQ(disagreements(), 2u);
}

TEST_F(Witnessed, BothEndsMustBeOneInode) {
    run.fact(parent, FactKind::Descriptor, {3, O_RDONLY, 0, 1, S_IFIFO | 0600}, "pipe:[1]");
    run.fact(parent, FactKind::Descriptor, {4, O_WRONLY, 0, 2, S_IFIFO | 0600}, "pipe:[2]");
    const WitnessLine line = only_disagreement();
    EXPECT_EQ(line.kernel, "pipe:[2] O_WRONLY");
    EXPECT_EQ(line.model, "pipe:[1] O_WRONLY");
}

TEST_F(Witnessed, SeesFlagsThatDiffer) {
    pipe_facts(O_RDONLY | O_NONBLOCK);
    EXPECT_EQ(only_disagreement().kernel, "pipe:[48812] O_RDONLY|O_NONBLOCK");
    pipe_facts(O_RDONLY | O_CLOEXEC);
    EXPECT_EQ(only_disagreement().kernel, "pipe:[48812] O_RDONLY|O_CLOEXEC");
}

TEST_F(Witnessed, SeesBytesThatDiffer) {
    run.write(parent, 4, "hello");
    pipe_facts();
    run.fact(parent, FactKind::PipeBytes, {48812, 4, 65536, 0});
    EXPECT_EQ(only_disagreement().source, "FIONREAD pipe:[48812]");
    pipe_facts();
    run.fact(parent, FactKind::PipeBytes, {48812, 5, 65536, 5}, "hallo");
    const WitnessLine line = only_disagreement();
    EXPECT_EQ(line.source, "tee pipe:[48812]");
    EXPECT_EQ(line.kernel, "\"hallo\"");
    EXPECT_EQ(line.model, "\"hello\"");
    pipe_facts();
    run.fact(parent, FactKind::PipeBytes, {48812, 5, 4096, 0});
    EXPECT_EQ(only_disagreement().source, "F_GETPIPE_SZ pipe:[48812]");
}

TEST_F(Witnessed, BytesThatWereNotCapturedAgree) {
    run.write(parent, 4, std::string(6000, 'x'));
    run.read(parent, 3, std::string(3000, 'x'));
    pipe_facts();
    run.fact(parent, FactKind::PipeBytes, {48812, 3000, 65536, 3000}, std::string(1096, 'x') + std::string(1904, 'y'));
    EXPECT_EQ(disagreements(), 0u);
}

TEST_F(Witnessed, ADescriptorThatIsNotThere) {
    run.fact(parent, FactKind::Descriptor, {3, O_RDONLY, 0, 1, S_IFIFO | 0600}, "pipe:[1]");
    run.fact(parent, FactKind::Descriptor, {9, O_RDONLY, 0, 7, S_IFREG | 0600}, "/tmp/x");
    run.fact(parent, FactKind::DescriptorCount, {2});
    EXPECT_EQ(disagreements(), 1u + 1 + 4);   // 9 is unknown, the count differs, 0 1 2 4 are missing
}

TEST_F(Witnessed, SleepMustBeSleep) {
    auto read = run.read_begin(parent, 3, 16);
    read.asleep("anon_pipe_read");
    run.fact(parent, FactKind::ThreadState, {'S', 0}, "anon_pipe_read");
    EXPECT_EQ(disagreements(), 0u);
    run.fact(parent, FactKind::ThreadState, {'R', -1}, "");
    EXPECT_EQ(only_disagreement().model, "S (sleeping)");
    run.fact(parent, FactKind::ThreadState, {'S', 0}, "do_wait");
    EXPECT_EQ(only_disagreement().source, "/proc/4702/wchan");
}

TEST_F(Witnessed, ZombiesAndTheDead) {
    const Actor child = run.fork(parent, 3);
    run.ended(child, exited(0));
    run.fact(child, FactKind::ProcessState, {'Z', 4703});
    EXPECT_EQ(disagreements(), 0u);
    run.fact(child, FactKind::ProcessState, {0, 4703});
    EXPECT_EQ(only_disagreement().model, "Z (zombie)");
    run.enter(parent, CallId::wait, {1}).exit(3, status(0, exited(0)));
    run.fact(child, FactKind::ProcessState, {'Z', 4703});
    EXPECT_EQ(only_disagreement().model, "gone");
}

TEST_F(Witnessed, AnOrphansStatusIsTakenInItsOwnTime) {
    const Actor child = run.fork(parent, 3);
    run.ended(child, exited(0));
    run.ended(parent, exited(0));
    run.fact(child, FactKind::ProcessState, {'Z', 4703});
    run.fact(parent, FactKind::ProcessState, {'Z', 4702});
    EXPECT_EQ(disagreements(), 0u);
    run.fact(child, FactKind::ProcessState, {0, 4703});
    run.fact(parent, FactKind::ProcessState, {'S', 4702});
    EXPECT_EQ(only_disagreement().source, "/proc/4702/stat");
}

TEST_F(Witnessed, EachHasTheParentThatTheKernelNames) {
    const Actor child = run.fork(parent, 3);
    const Actor grandchild = run.fork(child, 4);
    run.fact(grandchild, FactKind::Parent, {4703, 3});
    EXPECT_EQ(disagreements(), 0u);
    run.fact(grandchild, FactKind::Parent, {4600, 1});
    EXPECT_EQ(only_disagreement().model, run.process(child).name);
    run.ended(child, exited(0));
    run.fact(grandchild, FactKind::Parent, {4600, 1});
    EXPECT_EQ(disagreements(), 0u);
    EXPECT_EQ(run.process(grandchild).adopter, 1);
    EXPECT_EQ(lines().back().kernel, "pid 1");
}

TEST_F(Witnessed, FilesHaveOffsetsAndSharers) {
    run.open(parent, "data.txt", O_RDWR, 5);
    run.read(parent, 5, "abc");
    const Actor child = run.fork(parent, 3);
    run.fact(parent, FactKind::Descriptor, {5, O_RDWR, 3, 50, S_IFREG | 0600}, "/tmp/data.txt");
    run.fact(child, FactKind::SameOpenFile, {5, parent.process, 5});
    EXPECT_EQ(disagreements(), 0u);
    run.fact(parent, FactKind::Descriptor, {5, O_RDWR, 4, 50, S_IFREG | 0600}, "/tmp/data.txt");
    EXPECT_EQ(only_disagreement().model, "/tmp/data.txt O_RDWR at 3");
    run.open(child, "data.txt", O_RDWR, 6);
    run.fact(child, FactKind::SameOpenFile, {6, parent.process, 5});
    EXPECT_EQ(only_disagreement().model, "two open files");
}

TEST_F(Witnessed, OldFactsAreNotCompared) {
    run.fact(parent, FactKind::ProcessState, {'Z', 4702});
    run.close(parent, 3);
    EXPECT_TRUE(lines().empty());
}

TEST_F(Witnessed, WhatNobodySawIsNotKnown) {
    pipe_facts();
    run.quiet();
    run.unseen(parent, 1, 1);
    run.fact(parent, FactKind::PipeBytes, {48812, 77, 65536, 0});
    const auto all = lines();
    ASSERT_EQ(all.back().source, "FIONREAD pipe:[48812]");
    EXPECT_EQ(all.back().model, "not known");
    EXPECT_TRUE(all.back().agrees);
}

}  // namespace
}  // namespace ipcscope
