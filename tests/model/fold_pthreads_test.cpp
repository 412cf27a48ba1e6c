// Mutexes, condition variables, read/write locks and barriers: who has them, who sleeps, and the words that confirm it.
#include <errno.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstring>

#include "core/model/explain.h"
#include "core/model/wait_graph.h"
#include "core/model/witness.h"
#include "tests/model/script.h"

namespace ipcscope {
namespace {

constexpr std::int64_t shared = 0x7f0000000000, own = 0x555500001000;
constexpr std::int64_t first = shared, second = shared + 48, condition = shared + 96;

Bytes robust_attributes() {
    const std::uint32_t kind = 0xc0000000;   // shared, robust
    return bytes(1, {reinterpret_cast<const char*>(&kind), sizeof kind});
}

std::string words(std::uint32_t lock, std::uint32_t count, std::uint32_t owner, std::uint32_t kind = 128) {
    const MutexWords found{lock, count, owner, owner != 0, kind};
    return {reinterpret_cast<const char*>(&found), sizeof found};
}

struct Pthreads : ::testing::Test {
    Pthreads() : run({"ann", "bob"}), ann(run.launch()) {
        run.enter(ann, CallId::mmap, {0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0}).exit(shared);
        for (const std::int64_t mutex : {first, second}) run.enter(ann, CallId::pthread_mutex_init, {mutex, 0}).exit(0);
        run.enter(ann, CallId::pthread_cond_init, {condition, 0}).exit(0);
        bob = run.fork(ann, 3);
    }
    const Object& at(Actor actor, std::int64_t address) const {
        const Object* const found = run.model.object_in_memory(actor.process, static_cast<std::uint64_t>(address));
        EXPECT_NE(found, nullptr);
        static const Object nothing;
        return found ? *found : nothing;
    }
    // Asked of bob: the dead have nothing mapped.
    ThreadId owner(std::int64_t address) const { return at(bob, address).holds.empty() ? no_id : at(bob, address).holds.front().thread; }
    std::ptrdiff_t disagreements() const {
        return std::ranges::count_if(compare(run.trace, run.model), [](const WitnessLine& line) { return !line.agrees && line.source.ends_with("in memory"); });
    }
    std::string stuck() const { return sentence_of_stuck(run.model, wait_graph(run.trace, run.model)); }

    Script run;
    Actor ann, bob;
};

TEST_F(Pthreads, AMutexGoesToTheSleeperBeforeTheUnlockReturns) {
    run.enter(ann, CallId::pthread_mutex_lock, {first}).exit(0);
    EXPECT_EQ(owner(first), ann.thread);
    EXPECT_EQ(sentence_for_call(run.trace, run.model, run.last() - 1), "ann took mutex#1: it was free, and no system call was needed.");
    auto lock = run.enter(bob, CallId::pthread_mutex_lock, {first});
    lock.asleep();
    EXPECT_EQ(reason_asleep(run.trace, run.model, bob.thread), "ann has mutex#1");
    auto unlock = run.enter(ann, CallId::pthread_mutex_unlock, {first});
    lock.exit(0);
    unlock.exit(0);
    EXPECT_EQ(owner(first), bob.thread);
    EXPECT_TRUE(at(ann, first).lock->has_waiters_mark);
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST_F(Pthreads, TheWordsAreTheWitness) {
    run.fact(ann, FactKind::Memory, {first}, words(0, 0, 0));
    EXPECT_EQ(disagreements(), 0);
    run.enter(ann, CallId::pthread_mutex_lock, {first}).exit(0);
    run.fact(ann, FactKind::Memory, {first}, words(1, 0, 2));
    EXPECT_EQ(disagreements(), 0);
    run.fact(ann, FactKind::Memory, {first}, words(1, 0, 3));   // not so: bob is no owner
    EXPECT_EQ(disagreements(), 1);
    run.fact(ann, FactKind::Memory, {first}, words(2, 0, 2));   // not so: nobody sleeps for it
    EXPECT_EQ(disagreements(), 1);
    run.enter(bob, CallId::pthread_mutex_lock, {first}).asleep();
    EXPECT_EQ(disagreements(), 0);
}

TEST_F(Pthreads, OnlyWhoHasATypedMutexGivesItBack) {
    const std::uint32_t recursive = PTHREAD_MUTEX_RECURSIVE;
    run.enter(ann, CallId::pthread_mutex_init, {first, 1}, {bytes(1, {reinterpret_cast<const char*>(&recursive), sizeof recursive})}).exit(0);
    for (int i = 0; i < 2; ++i) run.enter(ann, CallId::pthread_mutex_lock, {first}).exit(0);
    EXPECT_EQ(at(ann, first).holds.front().count, 2u);
    run.enter(bob, CallId::pthread_mutex_unlock, {first}).exit(EPERM);
    EXPECT_EQ(at(ann, first).holds.front().count, 2u);
    run.enter(bob, CallId::pthread_mutex_trylock, {first}).exit(EBUSY);
    run.enter(ann, CallId::pthread_mutex_unlock, {first}).exit(0);
    EXPECT_EQ(owner(first), ann.thread);
    run.enter(ann, CallId::pthread_mutex_unlock, {first}).exit(0);
    EXPECT_EQ(owner(first), no_id);
    run.enter(bob, CallId::pthread_mutex_destroy, {first}).exit(EBUSY);
    EXPECT_EQ(at(ann, first).kind, ObjectKind::Mutex);
}

TEST_F(Pthreads, TheDeadKeepWhatIsNotRobust) {
    run.enter(ann, CallId::pthread_mutex_lock, {first}).exit(0);
    run.ended(ann, killed(9));
    EXPECT_EQ(owner(first), ann.thread);
    run.enter(bob, CallId::pthread_mutex_lock, {first}).asleep();
    EXPECT_EQ(reason_asleep(run.trace, run.model, bob.thread), "ann has mutex#1, and has ended: nobody will ever give it back");
    EXPECT_EQ(stuck(), "Stuck for ever: bob waits for ann, who has ended. Nobody is left who could wake it.");
}

TEST_F(Pthreads, ARobustOneWarnsUntilItIsCalledWhole) {
    run.enter(ann, CallId::pthread_mutex_init, {first, 1}, {robust_attributes()}).exit(0);
    run.enter(ann, CallId::pthread_mutex_lock, {first}).exit(0);
    run.ended(ann, exited(2));
    EXPECT_EQ(at(bob, first).lock->health, LockState::Health::OwnerDied);
    EXPECT_TRUE(at(bob, first).holds.empty());
    run.enter(bob, CallId::pthread_mutex_lock, {first}).exit(EOWNERDEAD);
    EXPECT_EQ(owner(first), bob.thread);
    run.enter(bob, CallId::pthread_mutex_unlock, {first}).exit(0);
    EXPECT_EQ(at(bob, first).lock->health, LockState::Health::NotRecoverable);
    run.enter(bob, CallId::pthread_mutex_lock, {first}).exit(ENOTRECOVERABLE);
    EXPECT_EQ(owner(first), no_id);
}

TEST_F(Pthreads, TwoLocksInTwoOrdersAreACycle) {
    run.enter(ann, CallId::pthread_mutex_lock, {first}).exit(0);
    run.enter(bob, CallId::pthread_mutex_lock, {second}).exit(0);
    run.enter(ann, CallId::pthread_mutex_lock, {second}).asleep();
    EXPECT_EQ(stuck(), "");
    run.enter(bob, CallId::pthread_mutex_lock, {first}).asleep();
    EXPECT_EQ(stuck(), "Deadlock: ann waits for bob, bob waits for ann. Nobody is left who could wake them.");
}

TEST_F(Pthreads, TwoThreadsOfOneProcessAreACycleThoughAThirdRuns) {
    run.model.set_thread_names({"rita", "will"});
    const Actor rita = run.thread(ann), will = run.thread(ann);
    EXPECT_EQ(run.model.name_of(rita.thread), "rita");
    run.enter(rita, CallId::pthread_mutex_lock, {first}).exit(0);
    run.enter(will, CallId::pthread_mutex_lock, {second}).exit(0);
    run.enter(rita, CallId::pthread_mutex_lock, {second}).asleep();
    run.enter(will, CallId::pthread_mutex_lock, {first}).asleep();
    EXPECT_EQ(stuck(), "Deadlock: rita waits for will, will waits for rita. Nobody is left who could wake them.");
    EXPECT_EQ(run.lines().back(), "will    pthread_mutex_lock(mutex#1) asleep");
}

TEST_F(Pthreads, AWaitGivesTheMutexBackAndTakesItAgain) {
    run.enter(ann, CallId::pthread_mutex_lock, {first}).exit(0);
    auto wait = run.enter(ann, CallId::pthread_cond_wait, {condition, first});
    wait.asleep();
    EXPECT_EQ(owner(first), no_id);
    EXPECT_EQ(at(ann, condition).condition->waiting, std::vector<ThreadId>{ann.thread});
    run.enter(bob, CallId::pthread_mutex_lock, {first}).exit(0);
    run.enter(bob, CallId::pthread_cond_signal, {condition}).exit(0);
    EXPECT_EQ(at(ann, condition).condition->woken, 1u);
    run.enter(bob, CallId::pthread_cond_signal, {condition}).exit(0);   // nobody is left to wake
    EXPECT_EQ(at(ann, condition).condition->lost, 1u);
    run.enter(bob, CallId::pthread_mutex_unlock, {first}).exit(0);
    wait.exit(0);
    EXPECT_EQ(owner(first), ann.thread);
    EXPECT_TRUE(at(ann, condition).condition->waiting.empty());
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST_F(Pthreads, ATimeoutTakesTheMutexAgain) {
    run.enter(ann, CallId::pthread_mutex_lock, {first}).exit(0);
    run.enter(ann, CallId::pthread_cond_timedwait, {condition, first, 1}).exit(ETIMEDOUT);
    EXPECT_EQ(owner(first), ann.thread);
    run.enter(bob, CallId::pthread_cond_wait, {condition, first}).exit(EPERM);
    EXPECT_EQ(owner(first), ann.thread);
}

TEST_F(Pthreads, AWakeupWithoutASignalIsMarked) {
    run.enter(ann, CallId::pthread_mutex_lock, {first}).exit(0);
    auto wait = run.hold(ann, CallId::pthread_cond_wait, {condition, first});
    EXPECT_EQ(owner(first), ann.thread);
    wait.grant(Verdict::Fail, 0).inject(0);
    EXPECT_EQ(owner(first), ann.thread);
    EXPECT_FALSE(at(ann, first).lock->has_waiters_mark);
    EXPECT_EQ(run.lines().back(), "ann     pthread_cond_wait(cond#1, mutex#1) = 0 (injected)");
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST_F(Pthreads, WhoIsWokenWithoutASignalMayFindTheMutexTaken) {
    run.enter(ann, CallId::pthread_mutex_lock, {first}).exit(0);
    auto wait = run.hold(ann, CallId::pthread_cond_wait, {condition, first});
    auto lock = run.enter(bob, CallId::pthread_mutex_lock, {first});
    lock.asleep();
    wait.grant(Verdict::Fail, 0);
    lock.exit(0);
    wait.asleep();
    EXPECT_EQ(owner(first), bob.thread);
    run.enter(bob, CallId::pthread_mutex_unlock, {first}).exit(0);
    wait.inject(0);
    EXPECT_EQ(owner(first), ann.thread);
    EXPECT_TRUE(at(ann, first).lock->has_waiters_mark);
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST_F(Pthreads, ReadersShareAndAWriterIsAlone) {
    run.enter(ann, CallId::pthread_rwlock_init, {own, 0}).exit(0);
    const Actor rita = run.thread(ann), will = run.thread(ann);
    run.enter(ann, CallId::pthread_rwlock_rdlock, {own}).exit(0);
    run.enter(rita, CallId::pthread_rwlock_rdlock, {own}).exit(0);
    EXPECT_EQ(at(ann, own).holds.size(), 2u);
    auto write = run.enter(will, CallId::pthread_rwlock_wrlock, {own});
    write.asleep();
    EXPECT_EQ(reason_asleep(run.trace, run.model, will.thread), "ann, ann/2 have rwlock#1 for reading");
    run.enter(ann, CallId::pthread_rwlock_unlock, {own}).exit(0);
    run.enter(rita, CallId::pthread_rwlock_unlock, {own}).exit(0);
    write.exit(0);
    ASSERT_EQ(at(ann, own).holds.size(), 1u);
    EXPECT_EQ(at(ann, own).holds[0].mode, HoldMode::Exclusive);
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST_F(Pthreads, ABarrierIsPassedWhenAllHaveCome) {
    run.enter(ann, CallId::pthread_barrier_init, {own, 0, 2}).exit(0);
    const Actor rita = run.thread(ann);
    auto here = run.enter(ann, CallId::pthread_barrier_wait, {own});
    here.asleep();
    EXPECT_EQ(reason_asleep(run.trace, run.model, ann.thread), "1 of 2 have come to barrier#1");
    run.enter(rita, CallId::pthread_barrier_wait, {own}).exit(PTHREAD_BARRIER_SERIAL_THREAD);
    here.exit(0);
    EXPECT_EQ(at(ann, own).barrier->rounds, 1u);
    EXPECT_TRUE(at(ann, own).barrier->here.empty());
}

}  // namespace
}  // namespace ipcscope
