// Sockets of real programs: the kernel agrees with the model at every step (the scope sees to it), and so does ss(8).
#include <algorithm>

#include "core/model/socket_text.h"
#include "tests/session/scope.h"
#include "tests/session/ss.h"

namespace ipcscope {
namespace {

// Whoever may not have a network of its own (doctor says why) shares the ports of the machine with everybody.
constexpr const char* shares_ports = "the programs have no network of their own here";

TEST(Sockets, AConnectionFromBirthToEnd) {
    Scope scope("sockets");
    if (!scope.run().session().is_private()) GTEST_SKIP() << shares_ports;
    for (const char* call : {"socket", "bind", "listen", "fork"}) scope.step("p0", call);
    const auto behind = [&](ProcessId process, int number) -> const Object& { return *scope.model().object_behind(process, number); };
    EXPECT_EQ(text_of_address(behind(0, 3).socket->local), "127.0.0.1:5000");
    scope.step("p1", "socket");
    scope.step("p1", "connect");
    EXPECT_EQ(behind(0, 3).socket->queue.size(), 1u);
    scope.step("p0", "accept");
    EXPECT_EQ(behind(0, 4).socket->other, behind(1, 4).id);
    EXPECT_EQ(behind(1, 4).socket->local, behind(0, 4).socket->peer);
    scope.step("p1", "send");
    EXPECT_EQ(behind(0, 4).bytes_inside(), 5u);

    const std::vector<std::string> lines = lines_of_ss(scope.process("p0").pid_here);
    const std::string here = text_of_address(behind(0, 4).socket->local), there = text_of_address(behind(1, 4).socket->local);
    if (!lines.empty()) {
        EXPECT_TRUE(has_line(lines, "LISTEN 0 1 127.0.0.1:5000")) << lines.front();
        EXPECT_TRUE(has_line(lines, "ESTAB 5 0 " + here + " " + there));
        EXPECT_TRUE(has_line(lines, "ESTAB 0 0 " + there + " " + here));
    }
    scope.step("p0", "recv");
    scope.step("p0", "recv");
    EXPECT_EQ(scope.state("p0"), "asleep recv");
    scope.step("p1", "shutdown");
    EXPECT_TRUE(scope.has_line("p0  recv(4 socket#3, \"\", 16, 0) = 0"));
    scope.step("p0", "write");
    scope.step("p0", "close");
    // p1 has said the end first, and p0 has answered.
    const std::vector<KernelSocket>& left = scope.model().network().in_kernel;
    ASSERT_EQ(left.size(), 1u);
    EXPECT_EQ(text_of_tcp_state(left[0].state), "TIME-WAIT");
    EXPECT_EQ(text_of_address(left[0].local) + " " + text_of_address(left[0].peer), there + " " + here);
    EXPECT_GT(left[0].timer_ms, 0u);
    EXPECT_LE(left[0].timer_ms, 60'000u);
    const std::vector<std::string> after = lines_of_ss(scope.process("p0").pid_here);
    if (!after.empty()) {
        EXPECT_TRUE(has_line(after, "TIME-WAIT 0 0 " + there + " " + here)) << after.front();
    }
    scope.step_all();
    scope.wait_until_over();
    EXPECT_EQ(scope.state("p0"), "ended 0");
    EXPECT_EQ(scope.state("p1"), "ended 0");
}

TEST(Sockets, PortsOfTwoRunsDoNotCollide) {
    Scope one("sockets"), other("sockets");
    if (!one.run().session().is_private()) GTEST_SKIP() << shares_ports;
    for (Scope* scope : {&one, &other})
        for (const char* call : {"socket", "bind", "listen"}) scope->step("p0", call);
    EXPECT_TRUE(other.has_line("p0  bind(3 socket#1, 127.0.0.1:5000, 16) = 0"));
    for (Scope* scope : {&one, &other}) scope->post_and_wait(StopRun{});
}

// Each message of a call that moves several is seen by itself: its bytes, its address, the descriptor that goes along.
TEST(Sockets, SeveralMessagesInOneCall) {
    Scope scope("several");
    scope.step_all();
    scope.wait_until_over();
    EXPECT_EQ(scope.state("p0"), "ended 0");
    std::string all;
    for (const std::string& line : scope.lines()) all += line + "\n";
    for (const char* line : {"\"one\"}, {127.0.0.1:", "\"two\"}, {127.0.0.1:", "\"three\"}], 3, 0) = 3\n", "\"two\"}], 2, 0, NULL) = 2\n",
                             "\"three\"}], 2, MSG_WAITFORONE, NULL) = 1\n", "…, 2, MSG_DONTWAIT, NULL) = -1 EAGAIN",
                             "[{\"one\", SCM_RIGHTS [3]}, {\"two\"}], 2, 0) = 2\n", "SCM_RIGHTS [7]", "sendmmsg(99, "})
        EXPECT_NE(all.find(line), std::string::npos) << line << " in\n" << all;
    std::vector<std::uint64_t> lengths;
    for (const Message& message : scope.model().messages()) {
        lengths.push_back(message.length);
        EXPECT_TRUE(message.is_settled);
    }
    EXPECT_EQ(lengths, (std::vector<std::uint64_t>{3, 3, 5, 3, 3}));
}

}  // namespace
}  // namespace ipcscope
