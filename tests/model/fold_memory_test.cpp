// Memory: mappings, what is shared by whom, how long it lives, and what the kernel says lies there.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

#include "core/model/fold.h"
#include "core/model/witness.h"
#include "tests/model/script.h"

namespace ipcscope {
namespace {

constexpr std::int64_t here = 0x7f0000000000, there = 0x7f0000100000;
constexpr int both = PROT_READ | PROT_WRITE;

class Memory : public ::testing::Test {
 protected:
    Memory() : run({"parent", "child"}), parent(run.launch()) {}

    void map(Actor actor, std::int64_t address, std::int64_t length, int flags, int fd = -1, std::int64_t offset = 0) {
        run.enter(actor, CallId::mmap, {0, length, both, flags, fd, offset}).exit(address);
    }
    void unmap(Actor actor, std::int64_t address, std::int64_t length) { run.enter(actor, CallId::munmap, {address, length}).exit(0); }
    void shm_open(Actor actor, std::string_view name, int flags, int fd) {
        run.enter(actor, CallId::shm_open, {1, flags, 0600}, {bytes(0, name)}).exit(fd);
    }
    void memory(Actor actor, std::int64_t address, std::string_view text) { run.fact(actor, FactKind::Memory, {address}, text); }
    const std::vector<Mapping>& mappings(Actor actor) const { return run.process(actor).mappings; }
    const Object& mapped(Actor actor, std::size_t i = 0) const { return run.model.objects()[mappings(actor).at(i).object]; }
    Fold fold() { return {run.model, run.trace, run.trace[run.last()], run.last()}; }

    Script run;
    Actor parent;
};

TEST_F(Memory, AnonymousSharedMemoryIsOneForParentAndChild) {
    map(parent, here, 100, MAP_SHARED | MAP_ANONYMOUS);
    const Actor child = run.fork(parent, 3);
    ASSERT_EQ(mappings(child).size(), 1u);
    EXPECT_EQ(mappings(child)[0].length, 4096u);
    EXPECT_EQ(mappings(child)[0].object, mappings(parent)[0].object);
    EXPECT_EQ(mapped(parent).name, "memory#1");
    const auto place = fold().object_at(run.process(child), here + 8);
    ASSERT_TRUE(place);
    EXPECT_EQ(*place, (MemoryPlace{mapped(parent).id, 8}));
    EXPECT_FALSE(fold().object_at(run.process(child), here + 4096));
    EXPECT_FALSE(fold().object_at(run.process(child), here - 1));
}

TEST_F(Memory, PrivateMemoryIsCopiedByFork) {
    map(parent, here, 4096, MAP_PRIVATE | MAP_ANONYMOUS);
    memory(parent, here, "ab");
    const Actor child = run.fork(parent, 3);
    EXPECT_NE(mapped(child).id, mapped(parent).id);
    EXPECT_EQ(mapped(child).bytes->now, "ab");
    memory(child, here, "xb");
    EXPECT_EQ(mapped(child).bytes->now, "xb");
    EXPECT_EQ(mapped(parent).bytes->now, "ab");
    EXPECT_FALSE(fold().object_at(run.process(parent), here)) << "it is the process's own";
}

TEST_F(Memory, ANamedObjectLivesUntilNobodyHasIt) {
    shm_open(parent, "/counter", O_CREAT | O_EXCL | O_RDWR, 3);
    const ObjectId id = run.object(parent, 3).id;
    EXPECT_EQ(run.object(parent, 3).name, "shm /counter");
    EXPECT_EQ(run.object(parent, 3).path, "/dev/shm/counter");
    EXPECT_EQ(run.object(parent, 3).file_size, 0);
    EXPECT_TRUE(run.process(parent).descriptor(3)->close_on_exec);
    run.enter(parent, CallId::ftruncate, {3, 4096}).exit(0);
    EXPECT_EQ(run.object(parent, 3).file_size, 4096);
    const Actor child = run.fork(parent, 3);
    map(parent, here, 4096, MAP_SHARED, 3);
    map(child, there, 4096, MAP_SHARED, 3);
    run.close(parent, 3);
    run.close(child, 3);
    EXPECT_EQ(*fold().object_at(run.process(parent), here + 4), *fold().object_at(run.process(child), there + 4));
    run.enter(parent, CallId::shm_unlink, {1}, {bytes(0, "/counter")}).exit(0);
    EXPECT_TRUE(run.model.objects()[id].is_unlinked);
    EXPECT_FALSE(run.model.objects()[id].has_ended);
    unmap(parent, here, 4096);
    EXPECT_FALSE(run.model.objects()[id].has_ended);
    run.ended(child, exited(0));
    EXPECT_TRUE(run.model.objects()[id].has_ended);
}

TEST_F(Memory, ANameIsEnoughToLive) {
    shm_open(parent, "/kept", O_CREAT | O_RDWR, 3);
    const ObjectId id = run.object(parent, 3).id;
    run.close(parent, 3);
    EXPECT_FALSE(run.model.objects()[id].has_ended);
    shm_open(parent, "/kept", O_RDWR, 3);
    EXPECT_EQ(run.object(parent, 3).id, id);
}

TEST_F(Memory, APieceInTheMiddleGoes) {
    map(parent, here, 3 * 4096, MAP_SHARED | MAP_ANONYMOUS);
    unmap(parent, here + 4096, 100);
    ASSERT_EQ(mappings(parent).size(), 2u);
    EXPECT_EQ(mappings(parent)[1].address, static_cast<std::uint64_t>(here) + 8192);
    EXPECT_EQ(mappings(parent)[1].offset, 8192u);
    run.enter(parent, CallId::mprotect, {here + 8192, 4096, PROT_READ}).exit(0);
    EXPECT_EQ(mappings(parent)[1].protection, PROT_READ);
    EXPECT_EQ(mappings(parent)[0].protection, both);
    map(parent, here, 3 * 4096, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED);
    EXPECT_EQ(mappings(parent).size(), 1u);
    EXPECT_TRUE(run.model.objects()[0].has_ended || run.model.objects()[1].has_ended) << "nobody has the first one any more";
}

TEST_F(Memory, ExecAndExitUnmap) {
    map(parent, here, 4096, MAP_SHARED | MAP_ANONYMOUS);
    const ObjectId id = mapped(parent).id;
    const Actor child = run.fork(parent, 3);
    run.image(child, "/bin/other");
    EXPECT_TRUE(mappings(child).empty());
    EXPECT_FALSE(run.model.objects()[id].has_ended);
    run.enter(parent, CallId::_exit, {0});
    EXPECT_TRUE(mappings(parent).empty());
    EXPECT_TRUE(run.model.objects()[id].has_ended);
}

TEST_F(Memory, ThingsThatLieInSharedMemoryAreOneForAll) {
    map(parent, here, 4096, MAP_SHARED | MAP_ANONYMOUS);
    const Actor child = run.fork(parent, 3);
    Fold f = fold();
    const ObjectId mutex = f.object_in_memory(run.process(parent), here + 16, ObjectKind::Mutex);
    EXPECT_EQ(f.object_in_memory(run.process(child), here + 16, ObjectKind::Mutex), mutex);
    EXPECT_EQ(run.model.objects()[mutex].in_memory, (InMemory{mapped(parent).id, no_id, 16}));
    const ObjectId own = f.object_in_memory(run.process(parent), 0x5000, ObjectKind::Mutex);
    const ObjectId other = f.object_in_memory(run.process(child), 0x5000, ObjectKind::Mutex);
    EXPECT_NE(own, other);
    EXPECT_EQ(run.model.objects()[own].in_memory, (InMemory{no_id, parent.process, 0x5000}));
    const ObjectId condition = f.object_in_memory(run.process(child), here + 16, ObjectKind::Condition);
    EXPECT_NE(condition, mutex);
    EXPECT_TRUE(run.model.objects()[mutex].has_ended);
    run.ended(child, exited(0));
    EXPECT_TRUE(run.model.objects()[other].has_ended);
    EXPECT_FALSE(run.model.objects()[condition].has_ended) << "the parent shares the memory that it lies in";
}

TEST_F(Memory, BytesAreMarkedUntilTheNextStep) {
    map(parent, here, 4096, MAP_SHARED | MAP_ANONYMOUS);
    memory(parent, here, std::string(8, '\0'));
    run.quiet();
    EXPECT_EQ(mapped(parent).bytes->changed, no_id);
    run.enter(parent, CallId::getpid).exit(2);
    memory(parent, here, std::string("\x07\0\0\0\0\0\0\0", 8));
    run.quiet();
    EXPECT_EQ(mapped(parent).bytes->before, std::string(8, '\0'));
    EXPECT_GE(mapped(parent).bytes->changed, run.model.step_began());
    run.enter(parent, CallId::getpid).exit(2);
    EXPECT_LT(mapped(parent).bytes->changed, run.model.step_began());
}

TEST_F(Memory, TheKernelsListIsCompared) {
    map(parent, here, 8192, MAP_SHARED | MAP_ANONYMOUS);
    const auto told = [&](std::int64_t length, std::int64_t inode) {
        run.enter(parent, CallId::getpid).exit(2);
        run.fact(parent, FactKind::Mapping, {here, length, 0, inode, both}, "/dev/zero (deleted)");
        run.fact(parent, FactKind::MappingCount, {1});
        run.quiet();
        const auto lines = compare(run.trace, run.model);
        EXPECT_EQ(lines.size(), 1u);
        return !lines.empty() && lines[0].agrees;
    };
    EXPECT_TRUE(told(8192, 77));
    EXPECT_FALSE(told(12288, 77)) << "longer than the model knows";
    EXPECT_FALSE(told(8192, 78)) << "another object";
    run.enter(parent, CallId::getpid).exit(2);
    run.fact(parent, FactKind::MappingCount, {0});
    run.quiet();
    const auto lines = compare(run.trace, run.model);
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_FALSE(lines[0].agrees) << "the model has one that the kernel does not list";
}

TEST_F(Memory, TheNamesSizeIsCompared) {
    shm_open(parent, "/m", O_CREAT | O_EXCL | O_RDWR, 3);
    const auto agrees = [&](std::int64_t size) {
        run.enter(parent, CallId::getpid).exit(2);
        run.fact(parent, FactKind::SharedMemoryName, {size, 9, 0}, "/m");
        run.quiet();
        const auto lines = compare(run.trace, run.model);
        EXPECT_EQ(lines.size(), 1u);
        return lines.at(0).agrees;
    };
    EXPECT_TRUE(agrees(0));
    EXPECT_FALSE(agrees(4096));
    run.enter(parent, CallId::ftruncate, {3, 4096}).exit(0);
    EXPECT_TRUE(agrees(4096));
    EXPECT_FALSE(agrees(-ENOENT));
    run.enter(parent, CallId::shm_unlink, {1}, {bytes(0, "/m")}).exit(0);
    EXPECT_TRUE(agrees(-ENOENT));
}

TEST_F(Memory, AHeldCallMayHaveNoDescriptor) {
    run.hold(parent, CallId::mmap, {0, 4096, both, MAP_SHARED | MAP_ANONYMOUS, -1, 0});
    EXPECT_EQ(run.lines().back(), "parent  mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_ANONYMOUS, -1, 0) at the gate");
}

TEST_F(Memory, AStoreIsInTheBytesAndALessonNamesThePlace) {
    run.model.set_fields({{FieldType::Int, "counter", 0, 1, {}}, {FieldType::Int, "row", 8, 4, {}}, {FieldType::Char, "note", 32, 8, {}}});
    map(parent, here, 4096, MAP_SHARED | MAP_ANONYMOUS);
    memory(parent, here, std::string(64, '\0'));
    run.enter(parent, CallId::load, {here, 4}).exit(0);
    run.enter(parent, CallId::store, {here, 4}).exit(7);
    run.enter(parent, CallId::store, {here + 16, 4}).exit(-1);
    run.enter(parent, CallId::store, {here + 60, 4}).exit(1);
    const std::vector<std::string> lines = run.lines();
    EXPECT_EQ(lines[1], "parent  load(counter memory#1, 4) = 0");
    EXPECT_EQ(lines[2], "parent  store(counter memory#1, 4) = 7");
    EXPECT_EQ(lines[3], "parent  store(row[2] memory#1, 4) = -1");
    EXPECT_EQ(lines[4], "parent  store(memory#1+60, 4) = 1");
    const std::string& bytes = mapped(parent).bytes->now;
    EXPECT_EQ(text_of_field(run.model.fields()[0], bytes), "7");
    EXPECT_EQ(text_of_field(run.model.fields()[1], bytes), "0, 0, -1, 0");
    EXPECT_EQ(text_of_field(run.model.fields()[2], bytes), "\"\"");
    EXPECT_EQ(text_of_field({FieldType::Long, "far", 64, 1, {}}, bytes), std::nullopt);
    EXPECT_EQ(hex_of_bytes(bytes, 0, 4), "07 00 00 00");
    run.fact(parent, FactKind::Memory, {here}, std::string("\x08", 1) + bytes.substr(1));
    run.quiet();
    EXPECT_EQ(text_of_field(run.model.fields()[0], mapped(parent).bytes->now), "8") << "the kernel has the last word";
}

TEST_F(Memory, LinesSayWhatLiesThere) {
    map(parent, here, 4096, MAP_SHARED | MAP_ANONYMOUS);
    shm_open(parent, "/counter", O_CREAT | O_RDWR, 3);
    map(parent, there, 4096, MAP_SHARED, 3);
    unmap(parent, there, 4096);
    run.enter(parent, CallId::munmap, {0x1000, 4096}).exit(0);
    const std::vector<std::string> lines = run.lines();
    EXPECT_EQ(lines[0], "parent  mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_ANONYMOUS, -1, 0) = memory#1");
    EXPECT_EQ(lines[1], "parent  shm_open(\"/counter\", O_RDWR|O_CREAT, 0600) = 3");
    EXPECT_EQ(lines[2], "parent  mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_SHARED, 3 shm /counter, 0) = shm /counter");
    EXPECT_EQ(lines[3], "parent  munmap(shm /counter, 4096) = 0");
    EXPECT_EQ(lines[4], "parent  munmap(…, 4096) = 0");
}

}  // namespace
}  // namespace ipcscope
