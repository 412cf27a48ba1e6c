// flock, record locks, OFD locks: whose they are, and what takes them away.
#include <errno.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "core/model/explain.h"
#include "core/model/wait_graph.h"
#include "core/model/witness.h"
#include "tests/model/script.h"

namespace ipcscope {
namespace {

Bytes lock_of(short type, std::int64_t start, std::int64_t length, short whence = SEEK_SET) {
    struct flock lock {};
    lock.l_type = type, lock.l_whence = whence, lock.l_start = start, lock.l_len = length;
    return {2, std::string(reinterpret_cast<const char*>(&lock), sizeof lock)};
}

Script::Open ask(Script& run, Actor actor, int fd, int command, short type, std::int64_t start, std::int64_t length) {
    return run.enter(actor, CallId::fcntl, {fd, command, 0x7000}, {lock_of(type, start, length)});
}

std::vector<std::string> held(const Object& object) {
    std::vector<std::string> texts;
    for (const Hold& hold : object.holds)
        texts.push_back((hold.mode == HoldMode::Shared ? "read " : "write ") + text_of_range(kind_of(hold), hold.first, hold.last) + " of " +
                        std::to_string(hold.process));
    return texts;
}

using Texts = std::vector<std::string>;

struct TwoProcesses : ::testing::Test {
    TwoProcesses() : run({"parent", "child"}), parent(run.launch()) {
        run.open(parent, "data", O_RDWR | O_CREAT | O_EXCL, 3);
        child = run.fork(parent, 3);
    }
    const Object& data() const { return run.object(parent, 3); }

    Script run;
    Actor parent, child;
};

TEST_F(TwoProcesses, RecordLocksSplitMergeAndChange) {
    ask(run, parent, 3, F_SETLK, F_WRLCK, 0, 30).exit(0);
    ask(run, parent, 3, F_SETLK, F_UNLCK, 10, 10).exit(0);
    EXPECT_EQ(held(data()), (Texts{"write bytes 0 to 9 of 0", "write bytes 20 to 29 of 0"}));
    ask(run, parent, 3, F_SETLK, F_WRLCK, 10, 10).exit(0);
    EXPECT_EQ(held(data()), (Texts{"write bytes 0 to 29 of 0"}));
    ask(run, parent, 3, F_SETLK, F_RDLCK, 5, 1).exit(0);
    EXPECT_EQ(held(data()).size(), 3u);
    ask(run, parent, 3, F_SETLK, F_WRLCK, 0, 0).exit(0);
    EXPECT_EQ(held(data()), (Texts{"write all bytes of 0"}));
    ask(run, parent, 3, F_SETLK, F_UNLCK, 100, -50).exit(0);
    EXPECT_EQ(held(data()), (Texts{"write bytes 0 to 49 of 0", "write all bytes from 100 on of 0"}));
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST_F(TwoProcesses, LockfCountsFromTheOffset) {
    run.enter(parent, CallId::lseek, {3, 8, SEEK_SET}).exit(8);
    run.enter(parent, CallId::lockf, {3, F_LOCK, 4}).exit(0);
    EXPECT_EQ(held(data()), (Texts{"write bytes 8 to 11 of 0"}));
    run.enter(parent, CallId::lockf, {3, F_ULOCK, 0}).exit(0);
    EXPECT_TRUE(data().holds.empty());
    EXPECT_EQ(run.lines().back(), "parent  lockf(3 data, F_ULOCK, 0) = 0");
}

TEST_F(TwoProcesses, AnyCloseDropsTheProcessesRecordLocks) {
    ask(run, parent, 3, F_SETLK, F_WRLCK, 0, 10).exit(0);
    ask(run, child, 3, F_SETLK, F_WRLCK, 10, 10).exit(0);
    run.open(parent, "data", O_RDONLY, 4);
    run.close(parent, 4);
    EXPECT_EQ(held(data()), (Texts{"write bytes 10 to 19 of 1"}));
    EXPECT_NE(sentence_for_call(run.trace, run.model, run.log.entries().back().enter).find("record locks on this file are gone"), std::string::npos);
    run.ended(child, exited(0));
    EXPECT_TRUE(data().holds.empty());
}

TEST_F(TwoProcesses, FlockBelongsToTheOpenFile) {
    run.enter(parent, CallId::flock, {3, LOCK_EX}).exit(0);
    run.enter(child, CallId::flock, {3, LOCK_EX | LOCK_NB}).exit(0);
    EXPECT_EQ(data().holds.size(), 1u);
    run.open(child, "data", O_RDWR, 4);
    run.enter(child, CallId::flock, {4, LOCK_EX | LOCK_NB}).fail(EAGAIN);
    run.close(child, 4);
    run.close(parent, 3);
    EXPECT_EQ(run.object(child, 3).holds.size(), 1u);
    const ObjectId id = run.object(child, 3).id;
    run.close(child, 3);
    EXPECT_TRUE(run.model.objects()[id].holds.empty());
    const std::vector<std::string> lines = run.lines();
    EXPECT_TRUE(std::ranges::find(lines, "child   flock(4 data, LOCK_EX|LOCK_NB) = -1 EAGAIN (Resource temporarily unavailable)") != lines.end());
}

TEST_F(TwoProcesses, AFailedFlockUpgradeLosesTheLock) {
    run.open(child, "data", O_RDWR, 4);
    run.enter(parent, CallId::flock, {3, LOCK_SH}).exit(0);
    run.enter(child, CallId::flock, {4, LOCK_SH}).exit(0);
    run.enter(parent, CallId::flock, {3, LOCK_EX | LOCK_NB}).fail(EAGAIN);
    EXPECT_EQ(data().holds.size(), 1u);
    EXPECT_EQ(data().holds[0].file, run.model.file_behind(child.process, 4)->id);
}

// An unlock is a cause: the waiter may be seen to return before it.
TEST_F(TwoProcesses, TheWaiterMayReturnBeforeTheUnlockDoes) {
    ask(run, parent, 3, F_SETLK, F_WRLCK, 0, 10).exit(0);
    auto wait = ask(run, child, 3, F_SETLKW, F_WRLCK, 0, 5);
    wait.asleep();
    EXPECT_EQ(reason_asleep(run.trace, run.model, child.thread), "parent has a write lock on bytes 0 to 9");
    EXPECT_EQ(short_reason_asleep(run.trace, run.model, child.thread), "held by parent");
    auto unlock = ask(run, parent, 3, F_SETLK, F_UNLCK, 0, 10);
    wait.exit(0);
    unlock.exit(0);
    EXPECT_EQ(held(data()), (Texts{"write bytes 0 to 4 of 1"}));
    EXPECT_TRUE(data().locks->wishes.empty());
}

TEST_F(TwoProcesses, WhoWaitsForOtherBytesIsNotStuck) {
    ask(run, parent, 3, F_SETLK, F_WRLCK, 0, 10).exit(0);
    ask(run, child, 3, F_SETLK, F_WRLCK, 10, 10).exit(0);
    auto wait = ask(run, child, 3, F_SETLKW, F_WRLCK, 0, 1);
    wait.asleep();
    const std::vector<Wait> graph = wait_graph(run.trace, run.model);
    ASSERT_EQ(graph.size(), 1u);
    EXPECT_EQ(graph[0].on, (std::vector<ProcessId>{parent.process}));
    EXPECT_FALSE(graph[0].is_stuck);
}

TEST_F(TwoProcesses, OpenFileLocksOutliveTheirMaker) {
    run.enter(parent, CallId::fcntl, {3, F_OFD_SETLK, 0x7000}, {lock_of(F_WRLCK, 0, 0)}).exit(0);
    run.open(parent, "data", O_RDONLY, 4);
    run.close(parent, 4);
    run.ended(parent, killed(9));
    ASSERT_EQ(run.object(child, 3).holds.size(), 1u);
    EXPECT_EQ(kind_of(run.object(child, 3).holds[0]), LockKind::OpenFile);
    run.close(child, 3);
    EXPECT_TRUE(run.model.objects().back().holds.empty());
}

TEST_F(TwoProcesses, GetlkSaysWhatIsInTheWay) {
    ask(run, parent, 3, F_SETLK, F_RDLCK, 0, 10).exit(0);
    struct flock found {};
    found.l_type = F_RDLCK, found.l_len = 10, found.l_pid = 2;
    run.enter(child, CallId::fcntl, {3, F_GETLK, 0x7000}, {lock_of(F_WRLCK, 5, 1)})
        .exit(0, {Bytes{2, std::string(reinterpret_cast<const char*>(&found), sizeof found)}});
    EXPECT_EQ(run.lines().back(), "child   fcntl(3 data, F_GETLK, {F_WRLCK, SEEK_SET, 5, 1} → {F_RDLCK, SEEK_SET, 0, 10, 2}) = 0");
    EXPECT_EQ(held(data()).size(), 1u);
}

TEST_F(TwoProcesses, TheListOfTheKernelIsComparedBothWays) {
    run.fact(parent, FactKind::Descriptor, {3, O_RDWR, 0, 77, S_IFREG | 0600}, "/tmp/data");
    ask(run, parent, 3, F_SETLK, F_WRLCK, 0, 10).exit(0);
    const auto disagreements = [&] {
        return std::ranges::count_if(compare(run.trace, run.model), [](const WitnessLine& line) { return !line.agrees && line.source.starts_with("/proc/locks"); });
    };
    constexpr std::int64_t record = LockWord::Record | LockWord::Exclusive;
    run.fact(parent, FactKind::FileLock, {77, record, 0, 9, 4702});
    run.fact(parent, FactKind::FileLockCount, {1});
    EXPECT_EQ(disagreements(), 0);
    run.quiet();
    run.fact(parent, FactKind::FileLock, {77, record, 0, 8, 4702});   // another range: one is missing, one is unknown
    run.fact(parent, FactKind::FileLockCount, {1});
    EXPECT_EQ(disagreements(), 2);
    run.quiet();
    run.fact(parent, FactKind::FileLockCount, {0});
    EXPECT_EQ(disagreements(), 1);
}

// Whatever order the kernel's own list would be in: put and take leave no byte locked twice by one owner.
TEST(FileLocks, RandomRangesNeverOverlap) {
    std::uint32_t seed = 7;
    const auto random = [&](std::uint32_t below) { return (seed = seed * 1664525u + 1013904223u) / 65536u % below; };
    std::vector<Hold> holds;
    char bytes[32] = {};
    for (int i = 0; i < 20000; ++i) {
        LockWish wish;
        wish.kind = LockKind::Record, wish.process = 0;
        wish.first = random(32), wish.last = wish.first + random(static_cast<std::uint32_t>(32 - wish.first));
        const std::uint32_t what = random(3);
        wish.is_exclusive = what == 1;
        if (what == 2) take_lock(holds, wish);
        else put_lock(holds, wish, static_cast<EventIndex>(i));
        for (std::int64_t byte = wish.first; byte <= wish.last; ++byte) bytes[byte] = what == 2 ? 0 : what == 1 ? 'w' : 'r';
        for (std::int64_t byte = 0; byte < 32; ++byte) {
            char there = 0;
            for (const Hold& hold : holds)
                if (hold.first <= byte && byte <= hold.last) there = static_cast<char>(there + (hold.mode == HoldMode::Exclusive ? 'w' : 'r'));
            ASSERT_EQ(there, bytes[byte]) << "byte " << byte << " after " << i;
        }
        for (std::size_t a = 0; a < holds.size(); ++a)
            for (std::size_t b = 0; b < holds.size(); ++b)
                ASSERT_FALSE(a != b && holds[a].mode == holds[b].mode && holds[a].last + 1 == holds[b].first) << "neighbours stayed apart";
    }
}

}  // namespace
}  // namespace ipcscope
