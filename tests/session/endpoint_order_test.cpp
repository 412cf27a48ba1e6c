// What an endpoint can be told, and where it can stand, as the learner writes it.
#include <gtest/gtest.h>

#include "core/session/endpoint_address.h"
#include "core/session/endpoint_order.h"

namespace ipcscope {
namespace {

TEST(EndpointOrders, AreReadOrRefusedInASentence) {
    EXPECT_EQ(read_endpoint_order("say hello")->bytes, "hello\n");
    EXPECT_EQ(read_endpoint_order("send a\\r\\n\\x00b")->bytes, std::string("a\r\n\0b", 5));
    EXPECT_EQ(read_endpoint_order("hex 48656c 6c6f\n")->bytes, "Hello");
    EXPECT_EQ(read_endpoint_order("2: half-close")->peer, 2u);
    EXPECT_EQ(read_endpoint_order("slow 10")->bytes_a_second, 10u);
    EXPECT_FALSE(read_endpoint_order("slow off")->bytes_a_second);
    for (const char* wrong : {"", "shout", "say", "close now", "hex 4", "hex zz", "send \\q", "send \\x4", "echo maybe", "slow fast", "file /nowhere", "2:"})
        EXPECT_FALSE(read_endpoint_order(wrong)) << wrong;
}

TEST(EndpointAddresses, AreReadOrRefusedInASentence) {
    const auto text = [](EndpointKind kind, const char* written) {
        const auto read = read_endpoint_address(kind, written);
        return read ? text_of_address(*read) : "no";
    };
    EXPECT_EQ(text(EndpointKind::Tcp, "7000"), "127.0.0.1:7000");
    EXPECT_EQ(text(EndpointKind::Udp, "localhost:7000"), "127.0.0.1:7000");
    EXPECT_EQ(text(EndpointKind::Tcp, "[::1]:7000"), "[::1]:7000");
    EXPECT_EQ(text(EndpointKind::UnixStream, "door"), "@\"door\"");
    EXPECT_EQ(text(EndpointKind::UnixStream, "./door"), "\"./door\"");
    for (const char* wrong : {"", "70000", "::1", "example.org:80", "127.0.0.1", "127.0.0.1:", ":-1"}) EXPECT_EQ(text(EndpointKind::Tcp, wrong), "no") << wrong;
    EXPECT_EQ(text(EndpointKind::UnixStream, std::string(108, 'x').c_str()), "no");
    const auto is_here = [](const char* written) { return is_of_this_machine(*read_endpoint_address(EndpointKind::Tcp, written)); };
    EXPECT_TRUE(is_here("7000") && is_here("127.9.9.9:1") && is_here("[::1]:1") && is_here("[::ffff:127.0.0.1]:1"));
    EXPECT_FALSE(is_here("0.0.0.0:1") || is_here("[::]:1") || is_here("192.0.2.1:1"));
}

}  // namespace
}  // namespace ipcscope
