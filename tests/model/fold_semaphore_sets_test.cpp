// System V semaphores: all at once or not at all, what SEM_UNDO brings back, and semctl as the witness.
#include <errno.h>
#include <gtest/gtest.h>
#include <sys/sem.h>

#include <algorithm>

#include "core/model/explain.h"
#include "core/model/wait_graph.h"
#include "core/model/witness.h"
#include "tests/model/script.h"

namespace ipcscope {
namespace {

Bytes operations(std::vector<sembuf> all) { return bytes(1, std::string_view(reinterpret_cast<const char*>(all.data()), all.size() * sizeof(sembuf))); }

Bytes values(std::vector<std::uint16_t> all) { return bytes(3, std::string_view(reinterpret_cast<const char*>(all.data()), all.size() * sizeof(std::uint16_t))); }

// A set of two, 1 and 0, with the id 7 in both processes; their pids are 2 and 3.
class Sets : public ::testing::Test {
 protected:
    Sets() : run({"ann", "ben"}), ann(run.launch()) {
        run.enter(ann, CallId::semget, {0x1234, 2, IPC_CREAT | IPC_EXCL | 0600}).exit(7);
        run.enter(ann, CallId::semctl, {7, 0, SETVAL, 1}).exit(0);
        ben = run.fork(ann, 3);
    }
    const Object& set() const { return run.model.objects()[1]; }
    std::vector<std::int64_t> now() const {
        std::vector<std::int64_t> all;
        for (const SemaphoreSet::One& one : set().semaphore_set->semaphores) all.push_back(one.value);
        return all;
    }
    Script::Open begin(Actor who, std::vector<sembuf> all) {
        const auto count = static_cast<std::int64_t>(all.size());
        return run.enter(who, CallId::semop, {7, 1, count}, {operations(std::move(all))});
    }
    void done(Actor who, std::vector<sembuf> all) { begin(who, std::move(all)).exit(0); }
    std::ptrdiff_t disagreements(std::int64_t value, std::int64_t for_more, std::int64_t for_zero, std::int64_t last) {
        run.fact(ann, FactKind::SysVSemaphores, {7, 0x1234, 2});
        run.fact(ann, FactKind::SysVSemaphore, {7, 0, value, for_more << 32 | for_zero, last});
        run.quiet();
        const std::vector<WitnessLine> lines = compare(run.trace, run.model);
        EXPECT_GE(lines.size(), 2u);
        return std::ranges::count(lines, false, &WitnessLine::agrees);
    }
    using Numbers = std::vector<std::int64_t>;

    Script run;
    Actor ann, ben;
};

TEST_F(Sets, APermitGivenWakesBeforeItsSemopReturns) {
    done(ann, {{0, -1, 0}});
    auto sleeper = begin(ben, {{0, -1, 0}});
    sleeper.asleep();
    EXPECT_EQ(reason_asleep(run.trace, run.model, ben.thread), "semset#1[0] has no permit");
    EXPECT_EQ(run.model.waiters(set().id).size(), 1u);
    EXPECT_EQ(disagreements(0, 1, 0, 2), 0);
    auto giver = begin(ann, {{0, 1, 0}});
    EXPECT_EQ(now(), (Numbers{1, 0}));
    sleeper.exit(0);
    giver.exit(0);
    EXPECT_EQ(now(), (Numbers{0, 0}));
    EXPECT_EQ(disagreements(0, 0, 0, 3), 0);
    EXPECT_EQ(disagreements(0, 0, 0, 2), 1);
    EXPECT_EQ(run.model.surprises(), 0u);
    EXPECT_EQ(run.lines().back(), "ann     semop(7 semset#1, [{sem_num=0, sem_op=1, sem_flg=0}], 1) = 0");
}

TEST_F(Sets, OfSeveralOperationsAllAreDoneOrNone) {
    auto both = begin(ben, {{0, -1, 0}, {1, -1, IPC_NOWAIT | SEM_UNDO | 0x40}});
    both.asleep();
    EXPECT_EQ(now(), (Numbers{1, 0}));
    EXPECT_EQ(reason_asleep(run.trace, run.model, ben.thread), "semset#1[1] has no permit");
    EXPECT_EQ(disagreements(1, 0, 0, 2), 0) << "it is the other one that is in the way";
    auto give = begin(ann, {{1, 1, 0}});
    both.exit(0);
    give.exit(0);
    EXPECT_EQ(now(), (Numbers{0, 0}));
    EXPECT_EQ(run.lines().back(), "ann     semop(7 semset#1, [{sem_num=1, sem_op=1, sem_flg=0}], 1) = 0");
    EXPECT_EQ(run.lines()[run.lines().size() - 2], "ben     semop(7 semset#1, [{sem_num=0, sem_op=-1, sem_flg=0}, {sem_num=1, sem_op=-1, sem_flg=SEM_UNDO|IPC_NOWAIT|0x40}], 2) = 0");
}

TEST_F(Sets, WhoWaitsForZeroSleepsUntilNoPermitIsLeft) {
    auto zero = begin(ben, {{0, 0, 0}});
    zero.asleep();
    EXPECT_EQ(reason_asleep(run.trace, run.model, ben.thread), "semset#1[0] is not 0 yet: its value is 1");
    EXPECT_EQ(disagreements(1, 0, 1, 2), 0);
    auto take = begin(ann, {{0, -1, 0}});
    zero.exit(0);
    take.exit(0);
    EXPECT_EQ(now(), (Numbers{0, 0}));
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST_F(Sets, WhoWakesAnotherMayReturnLast) {
    auto sleeper = begin(ben, {{1, -1, 0}});
    sleeper.asleep();
    run.quiet();
    auto both = begin(ann, {{0, -1, 0}, {1, 1, 0}});
    EXPECT_EQ(now(), (Numbers{0, 1}));
    sleeper.exit(0);
    both.exit(0);
    EXPECT_EQ(now(), (Numbers{0, 0}));
    EXPECT_EQ(set().semaphore_set->semaphores[1].last, 3) << "the kernel did it for the sleeper after that of who woke it";
    auto again = begin(ben, {{1, -1, 0}});
    again.asleep();
    auto set_all = run.enter(ann, CallId::semctl, {7, 0, SETALL, 1}, {values({5, 5})});
    again.exit(0);
    set_all.exit(0);
    EXPECT_EQ(now(), (Numbers{5, 4}));
}

TEST_F(Sets, WhoWasFasterTheKernelKnows) {
    auto slow = begin(ann, {{0, -1, SEM_UNDO}});
    auto fast = begin(ben, {{0, -1, SEM_UNDO}});
    fast.exit(0);
    slow.asleep();
    EXPECT_EQ(now(), (Numbers{0, 0}));
    ASSERT_EQ(set().holds.size(), 1u);
    EXPECT_EQ(set().holds[0].process, ben.process);
    EXPECT_EQ(disagreements(0, 1, 0, 3), 0) << "and who was last, the kernel tells";
    auto give = begin(ben, {{0, 1, SEM_UNDO}});
    slow.exit(0);
    give.exit(0);
    EXPECT_EQ(now(), (Numbers{0, 0}));
    EXPECT_EQ(set().holds[0].process, ann.process);
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST_F(Sets, TheKernelGivesBackWhatItsTakerCannot) {
    done(ann, {{0, -1, SEM_UNDO}});
    ASSERT_EQ(set().holds.size(), 1u);
    EXPECT_EQ(set().holds[0].process, ann.process);
    EXPECT_EQ(set().holds[0].mode, HoldMode::Permit);
    auto sleeper = begin(ben, {{0, -1, 0}});
    sleeper.asleep();
    EXPECT_EQ(reason_asleep(run.trace, run.model, ben.thread), "semset#1[0] has no permit; ann has 1 that comes back when it ends");
    run.ended(ann, killed(9));
    EXPECT_EQ(now(), (Numbers{1, 0}));
    EXPECT_TRUE(set().holds.empty());
    sleeper.exit(0);
    EXPECT_EQ(now(), (Numbers{0, 0}));
}

TEST_F(Sets, WhoIsKilledAwakeHasDoneItOrNot) {
    begin(ben, {{0, -1, 0}});
    run.ended(ben, killed(9));
    EXPECT_FALSE(set().semaphore_set->semaphores[0].is_known);
    EXPECT_EQ(disagreements(0, 0, 0, 3), 0);
    EXPECT_EQ(now(), (Numbers{0, 0}));
}

TEST_F(Sets, WithoutUndoThePermitIsLost) {
    done(ann, {{0, -1, 0}});
    auto sleeper = begin(ben, {{0, -1, 0}});
    sleeper.asleep();
    EXPECT_TRUE(sentence_of_stuck(run.model, wait_graph(run.trace, run.model)).empty()) << "ann may give one";
    run.ended(ann, killed(9));
    EXPECT_EQ(now(), (Numbers{0, 0}));
}

TEST_F(Sets, ToGiveWithUndoIsTakenBackAndNeverBelowZero) {
    done(ben, {{0, 2, SEM_UNDO}});
    EXPECT_TRUE(set().holds.empty());
    done(ann, {{0, -2, 0}});
    EXPECT_EQ(now(), (Numbers{1, 0}));
    run.ended(ben, exited(0));
    EXPECT_EQ(now(), (Numbers{0, 0}));
}

TEST_F(Sets, TakenAndGivenBackWithUndoIsForgotten) {
    done(ann, {{0, -1, SEM_UNDO}});
    done(ann, {{0, 1, SEM_UNDO}});
    EXPECT_TRUE(set().semaphore_set->undos.empty());
    run.ended(ann, exited(0));
    EXPECT_EQ(now(), (Numbers{1, 0}));
}

TEST_F(Sets, GivenBackWithoutUndoItComesTwice) {
    done(ann, {{0, -1, SEM_UNDO}});
    done(ann, {{0, 1, 0}});
    run.enter(ann, CallId::_exit, {0});
    EXPECT_EQ(now(), (Numbers{2, 0}));
    run.ended(ann, exited(0));
    EXPECT_EQ(now(), (Numbers{2, 0})) << "once, at the first sign of the end";
}

TEST_F(Sets, UndoSurvivesAnExecAndIsNotInherited) {
    done(ann, {{0, -1, SEM_UNDO}});
    const Actor child = run.fork(ann, 4);
    run.ended(child, exited(0));
    EXPECT_EQ(now(), (Numbers{0, 0}));
    run.image(ann, "/bin/true");
    EXPECT_EQ(set().holds.size(), 1u);
    run.ended(ann, exited(0));
    EXPECT_EQ(now(), (Numbers{1, 0}));
}

TEST_F(Sets, SettingAValueForgetsWhatUndoHasNoted) {
    done(ann, {{0, -1, SEM_UNDO}});
    run.enter(ben, CallId::semctl, {7, 0, SETVAL, 5}).exit(0);
    run.ended(ann, exited(0));
    EXPECT_EQ(now(), (Numbers{5, 0}));
    EXPECT_EQ(run.lines()[run.lines().size() - 2], "ben     semctl(7 semset#1, 0, SETVAL, 5) = 0");
}

TEST_F(Sets, ArraysHaveAsManyValuesAsTheSet) {
    run.enter(ann, CallId::semctl, {7, 0, SETALL, 1}, {values({3, 4, 77, 78})}).exit(0);
    EXPECT_EQ(now(), (Numbers{3, 4}));
    EXPECT_EQ(run.lines().back(), "ann     semctl(7 semset#1, 0, SETALL, [3, 4]) = 0");
    auto get = run.enter(ben, CallId::semctl, {7, 0, GETALL, 1});
    EXPECT_EQ(run.lines().back(), "ben     semctl(7 semset#1, 0, GETALL, …) in the kernel");
    get.exit(0, values({3, 4, 99}));
    EXPECT_EQ(run.lines().back(), "ben     semctl(7 semset#1, 0, GETALL, [3, 4]) = 0");
    run.enter(ben, CallId::semctl, {7, 1, GETVAL, 0}).exit(4);
    EXPECT_EQ(run.lines().back(), "ben     semctl(7 semset#1, 1, GETVAL) = 4");
    run.enter(ben, CallId::semctl, {7, 0, 99, 0}).fail(EINVAL);
    EXPECT_EQ(run.lines().back(), "ben     semctl(7 semset#1, 0, 99) = -1 EINVAL (Invalid argument)");
}

TEST_F(Sets, AFailedGiftIsTakenBack) {
    begin(ann, {{0, 32767, SEM_UNDO}}).fail(ERANGE);
    EXPECT_EQ(now(), (Numbers{1, 0}));
    EXPECT_TRUE(set().semaphore_set->undos.empty());
    begin(ann, {{9, 1, 0}}).fail(EFBIG);
    EXPECT_EQ(now(), (Numbers{1, 0}));
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST_F(Sets, RemovalWakesWhoSleepsThere) {
    auto sleeper = begin(ben, {{1, -1, 0}});
    sleeper.asleep();
    run.enter(ann, CallId::semctl, {7, 0, IPC_RMID}).exit(0);
    sleeper.fail(EIDRM);
    EXPECT_TRUE(set().has_ended);
    EXPECT_EQ(run.model.object_at("semid:7"), nullptr);
    run.fact(ann, FactKind::SysVSemaphores, {7, 0, -EIDRM});
    run.quiet();
    EXPECT_EQ(std::ranges::count(compare(run.trace, run.model), false, &WitnessLine::agrees), 0);
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST_F(Sets, WhatWasThereBeforeTheKernelTells) {
    run.enter(ann, CallId::semget, {0x99, 0, 0}).exit(8);
    const Object& found = run.model.objects()[2];
    run.enter(ann, CallId::semop, {8, 1, 1}, {operations({{1, 1, 0}})}).exit(0);
    run.fact(ann, FactKind::SysVSemaphores, {8, 0x99, 3});
    run.fact(ann, FactKind::SysVSemaphore, {8, 1, 6, 0, 2});
    ASSERT_EQ(found.semaphore_set->semaphores.size(), 3u);
    EXPECT_EQ(found.semaphore_set->semaphores[1].value, 6);
    EXPECT_FALSE(found.semaphore_set->semaphores[2].is_known);
}

}  // namespace
}  // namespace ipcscope
