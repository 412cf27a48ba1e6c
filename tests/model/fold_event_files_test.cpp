// eventfd, signalfd, timerfd: the count as calls change it, and the kernel's word on what only it knows.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>

#include <algorithm>
#include <cerrno>

#include "core/model/explain.h"
#include "core/model/witness.h"
#include "tests/model/script.h"

namespace ipcscope {
namespace {

template <class T>
Bytes as_bytes(int argument, const T& value) {
    return bytes(argument, std::string_view(reinterpret_cast<const char*>(&value), sizeof value));
}

class EventFile : public ::testing::Test {
 protected:
    EventFile() : run({"hello"}), actor(run.launch()) {}
    const Object& last() const { return run.model.objects().back(); }
    void make_counter(std::uint64_t count, int flags = 0) { run.enter(actor, CallId::eventfd, {static_cast<std::int64_t>(count), flags}).exit(3); }
    void add(std::uint64_t value) { run.enter(actor, CallId::eventfd_write, {3, static_cast<std::int64_t>(value)}).exit(0); }
    std::ptrdiff_t disagreements(std::vector<std::int64_t> fact) {
        run.fact(actor, FactKind::EventFile, std::move(fact));
        run.quiet();
        const std::vector<WitnessLine> lines = compare(run.trace, run.model);
        EXPECT_FALSE(lines.empty());
        return std::ranges::count(lines, false, &WitnessLine::agrees);
    }

    Script run;
    Actor actor;
};

TEST_F(EventFile, ACountGrowsByWritesAndAReadTakesItAll) {
    make_counter(3);
    EXPECT_EQ(last().name, "eventfd#1");
    add(4);
    run.enter(actor, CallId::write, {3, 1, 8}, {as_bytes(1, std::uint64_t{5})}).exit(8);
    EXPECT_EQ(last().counter->count, 12u);
    EXPECT_EQ(disagreements({3, 12}), 0);
    EXPECT_EQ(disagreements({3, 11}), 1);
    run.enter(actor, CallId::eventfd_read, {3, 1}).exit(0, as_bytes(1, std::uint64_t{12}));
    EXPECT_EQ(last().counter->count, 0u);
    EXPECT_EQ(run.lines().back(), "hello   eventfd_read(3 eventfd#1, [12]) = 0");
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST_F(EventFile, ASemaphoreGivesOneAtATime) {
    make_counter(2, EFD_SEMAPHORE | EFD_CLOEXEC);
    EXPECT_TRUE(run.process(actor).descriptor(3)->close_on_exec);
    run.enter(actor, CallId::read, {3, 1, 8}).exit(8, as_bytes(1, std::uint64_t{1}));
    EXPECT_EQ(last().counter->count, 1u);
}

TEST_F(EventFile, WhatIsAddedIsThereBeforeTheWriteHasReturned) {
    make_counter(0);
    const Actor child = run.fork(actor, 3);
    auto read = run.enter(child, CallId::eventfd_read, {3, 1});
    read.asleep("eventfd_read");
    EXPECT_EQ(reason_asleep(run.trace, run.model, child.thread), "the count is 0");
    auto write = run.enter(actor, CallId::eventfd_write, {3, 7});
    read.exit(0, as_bytes(1, std::uint64_t{7}));
    write.exit(0);
    EXPECT_EQ(last().counter->count, 0u);
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST_F(EventFile, AFailedWriteAddsNothing) {
    make_counter(1);
    run.enter(actor, CallId::eventfd_write, {3, 7}).fail(EINTR);
    EXPECT_EQ(last().counter->count, 1u);
}

TEST_F(EventFile, SignalsAreASet) {
    const std::uint64_t set = 1u << (SIGUSR1 - 1) | 1u << (SIGINT - 1);
    run.enter(actor, CallId::signalfd, {-1, 1, 0}, {as_bytes(1, set)}).exit(3);
    EXPECT_EQ(run.lines().back(), "hello   signalfd(-1, [SIGINT SIGUSR1], 0) = 3");
    EXPECT_EQ(disagreements({3, static_cast<std::int64_t>(set), 1 << (SIGUSR1 - 1)}), 0);
    EXPECT_EQ(last().signals->pending, 1u << (SIGUSR1 - 1));
    EXPECT_EQ(disagreements({3, 1, 0}), 1);
}

TEST_F(EventFile, ATimerRunsByTheKernelsClock) {
    run.enter(actor, CallId::timerfd_create, {CLOCK_MONOTONIC, TFD_CLOEXEC}).exit(3);
    const itimerspec spec{.it_interval = {0, 500'000'000}, .it_value = {2, 0}};
    run.enter(actor, CallId::timerfd_settime, {3, 0, 1, 0}, {as_bytes(2, spec)}).exit(0);
    EXPECT_EQ(run.lines().back(), "hello   timerfd_settime(3 timerfd#1, 0, {it_interval=0.5s, it_value=2s}, NULL) = 0");
    EXPECT_EQ(disagreements({3, 1'250'000'000, 500'000'000, 0}), 0);
    EXPECT_EQ(last().timer->left_ns, 1'250'000'000);
    EXPECT_EQ(disagreements({3, 1'250'000'000, 1, 0}), 1);
    run.close(actor, 3);
    EXPECT_TRUE(last().has_ended);
}

}  // namespace
}  // namespace ipcscope
