// Lessons on hosts: what their header may say, how packets are called, and a run of one.
#include <gtest/gtest.h>

#include "core/lesson/goal.h"
#include "core/lesson/packets.h"
#include "tests/lesson/folder.h"

namespace ipcscope {
namespace {

const std::vector<std::string> hosts = {"laptop", "web"};

TEST(WireGoals, SayWhichPacketAndWhatBecomesOfIt) {
    const Result<Goal> goal = parse_goal("wire  web SYN ACK arrives", {"client"}, {}, hosts);
    ASSERT_TRUE(goal) << goal.sentence();
    EXPECT_EQ(goal->outcome, Goal::Outcome::Arrives);
    EXPECT_EQ(goal->packet.host, "web");
    EXPECT_EQ(goal->packet.words, (std::vector<std::string>{"SYN", "ACK"}));
    EXPECT_EQ(goal->packet.data, -1);
    const Result<Goal> data = parse_goal("wire laptop PSH ACK 5 lost", {"client"}, {}, hosts);
    ASSERT_TRUE(data) << data.sentence();
    EXPECT_EQ(data->outcome, Goal::Outcome::Lost);
    EXPECT_EQ(data->packet.data, 5);
}

TEST(WireGoals, MistakesAreSaid) {
    const auto sentence = [](const char* text) { return parse_goal(text, {"client"}, {}, hosts).sentence(); };
    EXPECT_NE(sentence("wire labtop SYN arrives").find("did you mean \"laptop\"?"), std::string::npos) << sentence("wire labtop SYN arrives");
    EXPECT_NE(sentence("wire laptop SIN arrives").find("did you mean \"SYN\"?"), std::string::npos) << sentence("wire laptop SIN arrives");
    EXPECT_NE(sentence("wire laptop SYN").find("`arrives`"), std::string::npos) << sentence("wire laptop SYN");
    EXPECT_NE(sentence("wire laptop arrives").find("which packet"), std::string::npos) << sentence("wire laptop arrives");
}

TEST(WireGoals, APacketIsCalledByItsFlags) {
    std::string packet(60, '\0');
    packet[0] = 0x45, packet[9] = 6, packet[32] = 0x50, packet[33] = 0x18;    // IPv4, TCP, a header of 20 bytes, PSH ACK
    packet[3] = 60;                                                           // bytes in all
    const PacketName name = name_of_packet(packet_from(std::as_bytes(std::span(packet))));
    EXPECT_EQ(name.words, (std::vector<std::string>{"PSH", "ACK"}));
    EXPECT_EQ(name.data, 20);
}

std::string header(const std::string& network, const std::string& program) {
    return "# T\n```lesson\nnumber: 1\npart: P\nteaches: t\nhosts: " + network + "\nprogram: " + program + "\nprocesses: a b\n```\n## S\n```step\na ends\n```\n";
}

TEST(HostsHeader, IsReadAndItsMistakesAreSaid) {
    const Folder folder;
    folder.write("p.c", "");
    const auto load = [&](const std::string& network, const std::string& program) {
        folder.write("lesson.md", header(network, program));
        return load_lesson(folder.path());
    };
    const Result<Lesson> good = load("laptop 192.0.2.1, web 192.0.2.2 2001:db8::2", "p.c web 7 on laptop, p.c on web");
    ASSERT_TRUE(good) << good.sentence();
    ASSERT_EQ(good->hosts.size(), 2u);
    EXPECT_EQ(good->hosts[1].addresses, (std::vector<std::string>{"192.0.2.2/24", "2001:db8::2/64"}));
    EXPECT_EQ(good->hosts[0].arguments, (std::vector<std::string>{"@web", "7"}));
    const auto has = [&](const Result<Lesson>& lesson, const std::string& part) { return !lesson && lesson.sentence().find(part) != std::string::npos; };
    EXPECT_TRUE(has(load("laptop 10.0.0.1, web 192.0.2.2", "p.c on laptop, p.c on web"), ":6: \"10.0.0.1\" is no address kept for documentation"));
    EXPECT_TRUE(has(load("laptop 192.0.2.1, web 192.0.2.2", "p.c on laptop"), ":7: nothing runs on web"));
    EXPECT_TRUE(has(load("laptop 192.0.2.1, web 192.0.2.2", "p.c on laptop, p.c on wep"), "no host called \"wep\""));
    EXPECT_TRUE(has(load("laptop 192.0.2.1, web 192.0.2.2", "q.c on laptop, p.c on web"), "no file called \"q.c\""));
    EXPECT_TRUE(has(load("laptop", "p.c on laptop"), "a name and an address"));
}

}  // namespace
}  // namespace ipcscope
