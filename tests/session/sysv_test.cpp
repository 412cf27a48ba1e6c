// The model against tools that we did not write: ipcs(1) on System V objects, lslocks(8) on locks. They look from outside, so
// the runs have no namespaces of their own.
#include <gtest/gtest.h>
#include <sys/sem.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <sstream>

#include "core/model/segment.h"
#include "tests/session/scope.h"

namespace ipcscope {
namespace {

std::vector<std::string> lines_of(const std::string& command) {
    std::vector<std::string> lines;
    FILE* const pipe = popen((command + " 2>/dev/null").c_str(), "r");
    if (!pipe) return lines;
    char line[512];
    while (fgets(line, sizeof line, pipe)) lines.emplace_back(line, strcspn(line, "\n"));
    pclose(pipe);
    return lines;
}

bool is_there(const char* tool) { return !lines_of(std::string("command -v ") + tool).empty(); }

std::vector<std::string> words_of(const std::string& line) {
    std::istringstream text(line);
    std::vector<std::string> words;
    for (std::string word; text >> word;) words.push_back(word);
    return words;
}

const Object* object_of_kind(const Model& model, ObjectKind kind) {
    const auto found = std::ranges::find_if(model.objects(), [&](const Object& object) { return object.kind == kind && !object.has_ended; });
    return found == model.objects().end() ? nullptr : &*found;
}

// "semnum value ncount zcount pid", a line each.
void expect_as_ipcs_has_it(const Model& model, const Object& set) {
    const std::vector<std::string> lines = lines_of("ipcs -s -i " + std::to_string(set.semaphore_set->id));
    const auto head = std::ranges::find_if(lines, [](const std::string& line) { return line.starts_with("semnum"); });
    ASSERT_NE(head, lines.end());
    std::size_t number = 0, sleepers = 0;
    for (auto line = head + 1; line != lines.end(); ++line) {
        const std::vector<std::string> words = words_of(*line);
        if (words.size() != 5) continue;
        ASSERT_LT(number, set.semaphore_set->semaphores.size());
        const SemaphoreSet::One& one = set.semaphore_set->semaphores[number++];
        EXPECT_EQ(words[1], std::to_string(one.value));
        EXPECT_EQ(words[4], std::to_string(one.last));
        sleepers += std::stoul(words[2]) + std::stoul(words[3]);
    }
    EXPECT_EQ(number, set.semaphore_set->semaphores.size());
    EXPECT_EQ(sleepers, model.waiters(set.id).size());
}

// "key shmid owner perms bytes nattch status"
void expect_as_ipcs_has_it(const Model& model, const SegmentState& segment, const Object& object) {
    for (const std::string& line : lines_of("ipcs -m")) {
        const std::vector<std::string> words = words_of(line);
        if (words.size() < 6 || words[1] != std::to_string(segment.id)) continue;
        EXPECT_EQ(words[4], std::to_string(object.file_size.value_or(-1)));
        EXPECT_EQ(words[5], std::to_string(attachments(model, object.id)));
        EXPECT_EQ(words.size() > 6 && words[6] == "dest", segment.is_marked);
        return;
    }
    ADD_FAILURE() << "ipcs does not list it";
}

// With namespaces of its own only the keeper can ask; without, ipcs can.
class SystemV : public testing::TestWithParam<bool> {};
TEST_P(SystemV, IsAsTheKernelHasIt) {
    const bool is_private = GetParam();
    if (!is_private && !is_there("ipcs")) GTEST_SKIP() << "no ipcs here";
    Scope scope("sysv", {.is_private = is_private});
    const auto step = [&](const char* process, const char* call, int objects) {
        scope.step(process, call);
        const Object* const set = object_of_kind(scope.model(), ObjectKind::SysVSemaphores);
        const Object* const segment = object_of_kind(scope.model(), ObjectKind::SysVMemory);
        EXPECT_EQ((set ? 1 : 0) + (segment ? 1 : 0), objects) << call;
        if (set && !is_private) expect_as_ipcs_has_it(scope.model(), *set);
        if (segment && !is_private) expect_as_ipcs_has_it(scope.model(), *segment->segment, *segment);
    };
    step("p0", "semget", 1);
    step("p0", "semctl", 1);
    step("p0", "shmget", 2);
    step("p0", "shmat", 2);
    step("p0", "fork", 2);
    step("p1", "semop", 2);
    step("p1", "semop", 2);
    EXPECT_EQ(scope.state("p1"), "asleep semop");
    step("p0", "semop", 2);
    EXPECT_EQ(scope.state("p1"), "gate shmdt");
    step("p1", "shmdt", 2);
    step("p1", "semop", 2);
    EXPECT_EQ(scope.state("p1"), "asleep semop");
    EXPECT_EQ(object_of_kind(scope.model(), ObjectKind::SysVSemaphores)->holds.size(), 1u);
    step("p0", "kill", 2);
    EXPECT_EQ(scope.state("p1"), "killed 9");
    step("p0", "wait", 2);
    step("p0", "semctl", 2);
    step("p0", "shmctl", 2);
    step("p0", "shmdt", 1);
    step("p0", "semctl", 0);
    scope.wait_until_over();
    EXPECT_EQ(scope.state("p0"), "ended 0");
}
INSTANTIATE_TEST_SUITE_P(Namespaces, SystemV, testing::Values(true, false), [](const auto& info) { return info.param ? "Private" : "Open"; });

// Nobody is stepped, and who dies in the middle of a semop has done it or not: the kernel tells.
class Permits : public testing::TestWithParam<const char*> {};
TEST_P(Permits, AreCountedInAFreeRun) {
    Scope scope("permits", {.arguments = {GetParam()}, .is_held = false});
    const auto are_all_killed = [&] { return std::ranges::all_of(std::array{"p1", "p2", "p3"}, [&](const char* child) { return scope.state(child) == "killed 9"; }); };
    scope.wait_until(are_all_killed);
    scope.post_and_wait(Pause{});
    const Object* const set = object_of_kind(scope.model(), ObjectKind::SysVSemaphores);
    ASSERT_TRUE(set);
    EXPECT_TRUE(set->holds.empty());
    std::size_t told = 0;
    for (const WitnessLine& line : scope.run().witnesses()) told += line.source.starts_with("semctl");
    EXPECT_EQ(told, 4u);
    for (const SemaphoreSet::One& one : set->semaphore_set->semaphores) EXPECT_TRUE(one.is_known);
}
INSTANTIATE_TEST_SUITE_P(Undo, Permits, testing::Values("undo", "no_undo"), [](const auto& info) { return std::string(info.param); });

// "FLOCK READ 0 0 0 1234": type, mode (with * if it waits), start, end (0: to the end), pid (-1: an open file's)
TEST(FileLocks, AreAsLslocksHasThem) {
    if (!is_there("lslocks")) GTEST_SKIP() << "no lslocks here";
    Scope scope("file_locks", {.is_private = false});
    const auto theirs = [&](const Object& file) {
        std::vector<std::string> all;
        for (const std::string& line : lines_of("lslocks -n -u -o INODE,TYPE,MODE,START,END,PID")) {
            const std::vector<std::string> words = words_of(line);
            if (words.size() == 6 && words[0] == std::to_string(file.inode)) all.push_back(words[1] + ' ' + words[2] + ' ' + words[3] + ' ' + words[4] + (words[1] == "POSIX" ? ' ' + words[5] : ""));
        }
        std::ranges::sort(all);
        return all;
    };
    const auto text = [&](const char* type, bool is_exclusive, bool waits, std::int64_t first, std::int64_t last, ProcessId process) {
        const bool is_to_the_end = last == INT64_MAX;
        return std::string(type) + (is_exclusive ? " WRITE" : " READ") + (waits ? "* " : " ") + std::to_string(first) + ' ' + std::to_string(is_to_the_end ? 0 : last) +
               (process == no_id ? "" : ' ' + std::to_string(scope.model().process(process)->pid_here));
    };
    const auto ours = [&](const Object& file) {
        std::vector<std::string> all;
        for (const Hold& hold : file.holds) {
            const LockKind kind = kind_of(hold);
            const bool is_whole = kind == LockKind::Whole;
            all.push_back(text(is_whole ? "FLOCK" : kind == LockKind::Record ? "POSIX" : "OFDLCK", hold.mode == HoldMode::Exclusive, false, is_whole ? 0 : hold.first,
                               is_whole ? INT64_MAX : hold.last, kind == LockKind::Record ? hold.process : no_id));
        }
        for (const ThreadId waiter : scope.model().waiters(file.id)) {
            const LockWish* const wish = wish_of_thread(scope.model(), waiter);
            if (wish) all.push_back(text("POSIX", wish->is_exclusive, true, wish->first, wish->last, scope.model().thread(waiter)->process));
        }
        std::ranges::sort(all);
        return all;
    };
    std::size_t most = 0, compared = 0;
    for (;;) {
        const auto& threads = scope.model().threads();
        const auto held = std::ranges::find_if(threads, [](const Thread& thread) { return thread.state == ThreadState::AtGate; });
        if (held == threads.end()) break;
        scope.post_and_wait(Step{held->id});
        for (const Object& object : scope.model().objects()) {
            if (object.kind != ObjectKind::File || !object.locks || object.has_ended) continue;
            EXPECT_EQ(ours(object), theirs(object));
            most = std::max(most, object.holds.size());
            ++compared;
        }
    }
    EXPECT_GE(most, 4u);
    EXPECT_GE(compared, 8u);
    scope.wait_until_over();
    EXPECT_EQ(scope.state("p0"), "ended 0");
}

}  // namespace
}  // namespace ipcscope
