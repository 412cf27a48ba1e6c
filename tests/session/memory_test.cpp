// What processes map, and the bytes that lie there, as the kernel tells them at every quiescence. (That it agrees with the model
// is what Scope checks.)
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "core/events/fact.h"
#include "tests/session/scope.h"

namespace ipcscope {
namespace {

int number_at(const Object& object, std::size_t index) {
    int number = -1;
    if (object.bytes && object.bytes->now.size() >= (index + 1) * sizeof number) std::memcpy(&number, object.bytes->now.data() + index * sizeof number, sizeof number);
    return number;
}

const Object& mapped(const Scope& scope, const std::string& process, std::size_t index) {
    return scope.model().objects()[scope.process(process).mappings.at(index).object];
}

std::int64_t facts(Scope& scope, FactKind kind) {
    const auto all = scope.events(EventKind::Fact);
    return std::ranges::count_if(all, [&](EventIndex i) { return scope.run().trace()[i].value[0] == static_cast<std::int64_t>(kind); });
}

TEST(Memory, SharedIsOneAndPrivateIsTwo) {
    Scope scope("memory");
    for (const char* call : {"mmap", "mmap", "fork"}) scope.step("p0", call);
    const std::size_t own = mapped(scope, "p0", 0).kind == ObjectKind::PrivateMemory ? 0 : 1, shared = 1 - own;
    EXPECT_EQ(mapped(scope, "p1", shared).id, mapped(scope, "p0", shared).id);
    EXPECT_EQ(number_at(mapped(scope, "p0", shared), 1), 7) << "the child has stored it, on its way to its first call";
    EXPECT_EQ(number_at(mapped(scope, "p1", own), 1), 7);
    EXPECT_EQ(number_at(mapped(scope, "p1", own), 0), 1) << "copied from the parent";
    EXPECT_EQ(number_at(mapped(scope, "p0", own), 1), 0);
    EXPECT_NE(mapped(scope, "p0", shared).inode, 0u);
    scope.step_all();
    scope.wait_until_over();
    EXPECT_EQ(scope.state("p0"), "ended 0");
    const auto& objects = scope.model().objects();
    EXPECT_TRUE(std::ranges::all_of(objects, [](const Object& o) { return !is_memory(o.kind) || o.has_ended; }));
}

TEST(Memory, BytesAreToldOnlyWhenTheyChange) {
    Scope scope("memory");
    scope.step("p0", "mmap");
    EXPECT_EQ(facts(scope, FactKind::Memory), 1);
    scope.step("p0", "mmap");
    EXPECT_EQ(facts(scope, FactKind::Memory), 3) << "the new one, and the 1 that was stored on the way to fork";
    scope.step("p0", "fork");
    scope.step_all();
    scope.wait_until_over();
    EXPECT_EQ(scope.state("p0"), "ended 0");
}

TEST(Memory, NamesStayInsideTheRun) {
    Scope scope("memory");
    if (!scope.run().session().is_private()) GTEST_SKIP() << "no namespaces here";
    scope.step_all();
    EXPECT_NE(access("/dev/shm/ipcscope-test", F_OK), 0);
    scope.wait_until_over();
}

}  // namespace
}  // namespace ipcscope
