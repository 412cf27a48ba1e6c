// POSIX semaphores: permits, who sleeps for one, and the bytes that confirm it.
#include <errno.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <algorithm>

#include "core/model/explain.h"
#include "core/model/witness.h"
#include "tests/model/script.h"

namespace ipcscope {
namespace {

constexpr std::int64_t shared = 0x7f0000000000, own = 0x555500001000;

std::string word(std::uint32_t value, std::uint32_t asleep) {
    const std::uint32_t words[] = {value, asleep};
    return {reinterpret_cast<const char*>(words), sizeof words};
}

struct Semaphores : ::testing::Test {
    Semaphores() : run({"one", "two"}), one(run.launch()) {
        run.enter(one, CallId::mmap, {0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0}).exit(shared);
        run.enter(one, CallId::sem_init, {shared + 32, 1, 1}).exit(0);
        two = run.fork(one, 3);
    }
    const Object& semaphore(Actor actor, std::int64_t address = shared + 32) const {
        const Object* const found = run.model.object_in_memory(actor.process, static_cast<std::uint64_t>(address));
        EXPECT_NE(found, nullptr);
        static const Object nothing;
        return found ? *found : nothing;
    }
    std::ptrdiff_t disagreements() const {
        return std::ranges::count_if(compare(run.trace, run.model), [](const WitnessLine& line) { return !line.agrees && line.source.starts_with("memory of"); });
    }

    Script run;
    Actor one, two;
};

TEST_F(Semaphores, APermitGivenWakesBeforeThePostReturns) {
    EXPECT_EQ(&semaphore(one), &semaphore(two));
    run.enter(one, CallId::sem_wait, {shared + 32}).exit(0);
    EXPECT_EQ(semaphore(one).semaphore->value, 0);
    auto wait = run.enter(two, CallId::sem_wait, {shared + 32});
    wait.asleep();
    EXPECT_EQ(reason_asleep(run.trace, run.model, two.thread), "sem#1 has no permit; anybody may give one");
    EXPECT_EQ(run.model.waiters(semaphore(one).id).size(), 1u);
    auto post = run.enter(one, CallId::sem_post, {shared + 32});
    wait.exit(0);
    post.exit(0);
    EXPECT_EQ(semaphore(one).semaphore->value, 0);
    EXPECT_EQ(run.model.surprises(), 0u);
    EXPECT_EQ(run.lines().back(), "one     sem_post(sem#1) = 0");
}

TEST_F(Semaphores, AFailedPostGivesNothing) {
    run.enter(one, CallId::sem_post, {shared + 32}).fail(EOVERFLOW);
    EXPECT_EQ(semaphore(one).semaphore->value, 1);
    auto held = run.hold(one, CallId::sem_post, {shared + 32});
    held.grant(Verdict::Fail, EINVAL).fail(EINVAL);
    EXPECT_EQ(semaphore(one).semaphore->value, 1);
}

TEST_F(Semaphores, PrivateMemoryIsCopiedByFork) {
    run.enter(one, CallId::sem_init, {own, 0, 5}).exit(0);
    const Actor three = run.fork(one, 4);
    run.enter(three, CallId::sem_post, {own}).exit(0);
    EXPECT_EQ(semaphore(one, own).semaphore->value, 5);
    EXPECT_NE(&semaphore(one, own), &semaphore(three, own));
}

TEST_F(Semaphores, ANamedOneIsOneForAll) {
    run.enter(one, CallId::sem_open, {1, O_CREAT | O_EXCL, 0600, 2}, {bytes(0, "/gate")}).exit(shared + 0x10000);
    run.enter(two, CallId::sem_open, {1, 0, 0, 0}, {bytes(0, "/gate")}).exit(shared + 0x20000);
    EXPECT_EQ(run.lines().back(), "two     sem_open(\"/gate\", 0) = sem /gate");
    run.enter(two, CallId::sem_wait, {shared + 0x20000}).exit(0);
    EXPECT_EQ(semaphore(one, shared + 0x10000).semaphore->value, 1);
    EXPECT_EQ(semaphore(one, shared + 0x10000).name, "sem /gate");
    run.enter(one, CallId::sem_unlink, {1}, {bytes(0, "/gate")}).exit(0);
    run.enter(one, CallId::sem_close, {shared + 0x10000}).exit(0);
    EXPECT_EQ(run.model.object_in_memory(one.process, shared + 0x10000), nullptr);
    EXPECT_TRUE(semaphore(two, shared + 0x20000).is_unlinked);
    run.enter(one, CallId::sem_open, {1, 0, 0, 0}, {bytes(0, "/gate")}).fail(ENOENT);
    EXPECT_EQ(run.lines().back(), "one     sem_open(\"/gate\", 0) = SEM_FAILED ENOENT (No such file or directory)");
}

TEST_F(Semaphores, TheBytesAreTheWitness) {
    run.fact(one, FactKind::Memory, {shared + 32}, word(1, 0));
    EXPECT_EQ(disagreements(), 0);
    run.quiet();
    auto wait = run.enter(two, CallId::sem_wait, {shared + 32});
    wait.exit(0);
    run.fact(one, FactKind::Memory, {shared + 32}, word(1, 0));   // not so: a permit was taken
    EXPECT_EQ(disagreements(), 1);
}

TEST_F(Semaphores, WhoIsKilledAsleepIsStillCountedInMemory) {
    run.enter(one, CallId::sem_wait, {shared + 32}).exit(0);
    run.enter(two, CallId::sem_wait, {shared + 32}).asleep();
    run.ended(two, killed(9));
    run.fact(one, FactKind::Memory, {shared + 32}, word(0, 1));
    EXPECT_EQ(disagreements(), 0);
    EXPECT_TRUE(run.model.waiters(semaphore(one).id).empty());
}

TEST_F(Semaphores, AValueThatNobodySetIsLearnt) {
    run.enter(one, CallId::sem_post, {own}).exit(0);
    EXPECT_FALSE(semaphore(one, own).semaphore->is_value_known);
    run.fact(one, FactKind::Memory, {own}, word(8, 0));
    EXPECT_EQ(semaphore(one, own).semaphore->value, 8);
}

}  // namespace
}  // namespace ipcscope
