// The keeper's answers about what lives in the run's IPC namespace, and what it removes where there is none.
#include <gtest/gtest.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <mqueue.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "core/session/keeper.h"
#include "core/session/paths.h"
#include "core/session/run_directory.h"
#include "tests/session/scope.h"

namespace ipcscope {
namespace {

using namespace std::chrono_literals;

// A keeper with a program that has made everything it makes.
class KeeperTest : public testing::TestWithParam<bool> {
 protected:
    void SetUp() override {
        const Result<Paths> paths = find_paths();
        ASSERT_TRUE(paths);
        Result<RunDirectory> made = RunDirectory::make();
        ASSERT_TRUE(made);
        directory_.emplace(std::move(*made));
        char digits[16];
        key_ = 0x1c000000 | (getpid() & 0xffffff);
        std::snprintf(digits, sizeof digits, "%x", static_cast<unsigned>(key_));
        name_ = std::string("/ipcscope-") + digits;
        Keeper::Orders orders;
        orders.keeper = paths->keeper;
        orders.run_directory = directory_->path();
        orders.is_private = GetParam();
        orders.program = std::string(PROGRAMS_DIRECTORY) + "/ipc_objects";
        orders.argv = {orders.program, digits};
        Result<Keeper::Started> started = keeper_.start(orders);
        ASSERT_TRUE(started) << started.sentence();
        is_private_ = started->refused == 0;
        if (GetParam() && !is_private_) GTEST_SKIP() << "no namespaces here";
        const auto end = std::chrono::steady_clock::now() + 10s;
        for (;;) {    // the queue with its message is the last thing that it makes
            const std::optional<KeeperAnswer> answer = ask(Asks::State, IpcKind::MessageQueue);
            ASSERT_TRUE(answer);
            if (answer->error == 0 && answer->state.count == 1) break;
            ASSERT_LT(std::chrono::steady_clock::now(), end) << "the program does not get there";
            std::this_thread::sleep_for(1ms);
        }
        for (const IpcKind kind : {IpcKind::MessageQueue, IpcKind::SharedMemory, IpcKind::SysVQueue, IpcKind::SysVSemaphores, IpcKind::SysVMemory})
            EXPECT_EQ(ask(Asks::Remember, kind, id(kind), 1)->error, 0);
    }
    std::optional<KeeperAnswer> ask(Asks what, IpcKind kind, std::int32_t id = 0, std::int32_t index = 0) {
        Question question{};
        question.what = what;
        question.kind = kind;
        question.id = id;
        question.index = index;
        name_.copy(question.name, ipc_name_bytes - 1);
        return keeper_.ask(question);
    }
    // In a fresh namespace the first id is 0; in our own we can look.
    int id(IpcKind kind) const {
        if (is_private_) return 0;
        switch (kind) {
            case IpcKind::SysVQueue: return msgget(key_, 0);
            case IpcKind::SysVSemaphores: return semget(key_, 0, 0);
            case IpcKind::SysVMemory: return shmget(key_, 0, 0);
            default: return 0;
        }
    }

    std::optional<RunDirectory> directory_;
    key_t key_ = 0;
    std::string name_;
    bool is_private_ = false;
    Keeper keeper_;
};

TEST_P(KeeperTest, AnswersForEveryKind) {
    std::optional<KeeperAnswer> answer = ask(Asks::State, IpcKind::MessageQueue);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->state.most_count, 3);
    EXPECT_EQ(answer->state.most_bytes, 32);
    EXPECT_EQ(answer->state.bytes, 4);
    EXPECT_EQ(answer->state.first_pid, 0);

    answer = ask(Asks::State, IpcKind::SharedMemory);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->error, 0);
    EXPECT_EQ(answer->state.bytes, 100);
    EXPECT_EQ(ask(Asks::State, IpcKind::Semaphore)->error, ENOENT);

    const int queue = id(IpcKind::SysVQueue);
    for (int twice = 0; twice < 2; ++twice) {    // and nothing is taken out
        answer = ask(Asks::State, IpcKind::SysVQueue, queue);
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->state.key, key_);
        EXPECT_EQ(answer->state.count, 2);
        EXPECT_EQ(answer->state.bytes, 8);
        EXPECT_EQ(answer->state.last_pid, 0) << "nobody has received";
        answer = ask(Asks::SysVMessage, IpcKind::SysVQueue, queue, 1);
        ASSERT_TRUE(answer);
        if (answer->error == ENOSYS) GTEST_SKIP() << "a kernel without MSG_COPY";
        EXPECT_EQ(answer->type, 2);
        EXPECT_EQ(std::string(answer->bytes, static_cast<std::size_t>(answer->length)), "sev");
        EXPECT_EQ(ask(Asks::SysVMessage, IpcKind::SysVQueue, queue, 2)->error, ENOMSG);
    }

    answer = ask(Asks::State, IpcKind::SysVSemaphores, id(IpcKind::SysVSemaphores));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->state.count, 2);
    EXPECT_EQ(answer->semaphores[0].value, 3);
    EXPECT_EQ(answer->semaphores[1].waiting, 0);

    answer = ask(Asks::State, IpcKind::SysVMemory, id(IpcKind::SysVMemory));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->state.bytes, 4096);
    EXPECT_EQ(answer->state.count, 0);
    EXPECT_EQ(ask(Asks::State, IpcKind::SysVMemory, 12345678)->error, EINVAL);
}

TEST_P(KeeperTest, RemovesWhatTheRunMade) {
    keeper_.end();
    EXPECT_EQ(mq_open(name_.c_str(), O_RDONLY), -1);
    EXPECT_EQ(shm_open(name_.c_str(), O_RDONLY, 0), -1);
    EXPECT_EQ(msgget(key_, 0), -1);
    EXPECT_EQ(semget(key_, 0, 0), -1);
    EXPECT_EQ(shmget(key_, 0, 0), -1);
}

INSTANTIATE_TEST_SUITE_P(Namespaces, KeeperTest, testing::Values(true, false), [](const auto& info) { return info.param ? "Private" : "Open"; });

// From the calls to the kernel's word and to the removal, in a whole run.
class Objects : public testing::TestWithParam<bool> {};
TEST_P(Objects, AgreeWithTheKernelAndAreNotLeftOver) {
    constexpr key_t key = 0x1c7e57;
    {
        Scope scope("ipc_objects", {.arguments = {"1c7e57"}, .is_private = GetParam()});
        scope.step_all();
        EXPECT_EQ(scope.state("p0"), "asleep pause") << scope.output();
        std::size_t told = 0;
        for (const WitnessLine& line : scope.run().witnesses())
            told += line.source.starts_with("MSG_COPY") || line.source.starts_with("mq_curmsgs") || line.source.starts_with("msgctl");
        EXPECT_GE(told, 2u);
    }
    EXPECT_EQ(msgget(key, 0), -1);
    EXPECT_EQ(mq_open("/ipcscope-1c7e57", O_RDONLY), -1);
    EXPECT_EQ(shm_open("/ipcscope-1c7e57", O_RDONLY, 0), -1);
    EXPECT_EQ(semget(key, 0, 0), -1);
    EXPECT_EQ(shmget(key, 0, 0), -1);
}
INSTANTIATE_TEST_SUITE_P(Namespaces, Objects, testing::Values(true, false), [](const auto& info) { return info.param ? "Private" : "Open"; });

// What was there before the run is not the run's, even if its programs open it with O_CREAT.
TEST(Keeper, LeavesWhatWasThereBefore) {
    const int queue = msgget(IPC_PRIVATE, 0600);
    ASSERT_NE(queue, -1);
    const Result<Paths> paths = find_paths();
    ASSERT_TRUE(paths);
    Result<RunDirectory> directory = RunDirectory::make();
    ASSERT_TRUE(directory);
    Keeper keeper;
    Keeper::Orders orders;
    orders.keeper = paths->keeper;
    orders.run_directory = directory->path();
    orders.is_private = false;
    orders.program = std::string(PROGRAMS_DIRECTORY) + "/spin";
    orders.argv = {orders.program};
    ASSERT_TRUE(keeper.start(orders));
    Question question{};
    question.what = Asks::Remember;
    question.kind = IpcKind::SysVQueue;
    question.id = queue;
    EXPECT_EQ(keeper.ask(question)->error, EEXIST);
    keeper.end();
    msqid_ds about;
    EXPECT_EQ(msgctl(queue, IPC_STAT, &about), 0);
    EXPECT_EQ(msgctl(queue, IPC_RMID, nullptr), 0);
}

}  // namespace
}  // namespace ipcscope
