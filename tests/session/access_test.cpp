// Loads and stores at the gate: each is a step of its own, its value is told, and the kernel's bytes agree (says Scope).
#include <algorithm>

#include "tests/session/scope.h"

namespace ipcscope {
namespace {

// The order that loses an update, and the values on the way.
TEST(Access, EachLoadAndStoreIsAStep) {
    Scope scope("accesses");
    for (const char* call : {"mmap", "mmap", "fork"}) scope.step("p0", call);
    EXPECT_EQ(scope.state("p0"), "gate load");
    EXPECT_EQ(scope.state("p1"), "gate load");
    scope.step("p0", "load");
    EXPECT_EQ(scope.state("p0"), "gate store");
    scope.step("p1", "load");
    scope.step("p0", "store");
    EXPECT_EQ(scope.state("p0"), "gate store") << "the private memory that it asked for; its own variable has passed unseen";
    scope.step("p1", "store");
    scope.step("p1", "update");
    scope.step("p1", "_exit");
    scope.step_all();
    scope.wait_until_over();
    EXPECT_EQ(scope.state("p0"), "ended 3") << "one of two subtractions is lost";
    EXPECT_TRUE(scope.has_line("p0  load(memory#1+8, 4) = 0"));
    EXPECT_TRUE(scope.has_line("p1  load(memory#1+8, 4) = 0"));
    EXPECT_TRUE(scope.has_line("p1  store(memory#1+8, 4) = -5"));
    EXPECT_TRUE(scope.has_line("p1  update(memory#1+12, 4) = 0"));
    EXPECT_TRUE(scope.has_line("p0  store(private#1, 8) = 9"));
    EXPECT_TRUE(scope.has_line("p0  load(memory#1+8, 4) = -5"));
}

TEST(Access, OneAfterTheOtherNothingIsLost) {
    Scope scope("accesses");
    for (const char* call : {"mmap", "mmap", "fork", "load", "store"}) scope.step("p0", call);
    scope.step("p1", "load");
    EXPECT_TRUE(scope.has_line("p1  load(memory#1+8, 4) = -5"));
    scope.step_all();
    scope.wait_until_over();
    EXPECT_EQ(scope.state("p0"), "ended 0");
}

// Lesson 16 says: six orders of two loads and two stores, and four of them lose one.
TEST(Access, OfSixOrdersFourLoseAnUpdate) {
    int lost = 0, orders = 0;
    std::string order = "0011";   // whose turn it is; each loads first, then stores
    do {
        Scope scope("accesses");
        for (const char* call : {"mmap", "mmap", "fork"}) scope.step("p0", call);
        int done[2] = {};
        for (const char who : order) scope.step(who == '0' ? "p0" : "p1", done[who - '0']++ == 0 ? "load" : "store");
        scope.step_all();
        scope.wait_until_over();
        EXPECT_TRUE(scope.state("p0") == "ended 0" || scope.state("p0") == "ended 3");
        lost += scope.state("p0") == "ended 3";
        ++orders;
    } while (std::next_permutation(order.begin(), order.end()));
    EXPECT_EQ(orders, 6);
    EXPECT_EQ(lost, 4);
}

TEST(Access, WithOpenGatesItRunsThrough) {
    Scope scope("accesses", {.is_held = false});
    scope.disagreements_allowed = UINT64_MAX;   // two who store at once may be told in another order
    scope.wait_until_over();
    EXPECT_TRUE(scope.state("p0") == "ended 0" || scope.state("p0") == "ended 3");
}

}  // namespace
}  // namespace ipcscope
