// Lessons on hosts: what their header may say, how packets are called, and a run of one.
#include <gtest/gtest.h>

#include "core/lesson/goal.h"
#include "core/lesson/packets.h"
#include "core/lesson/wire_rules.h"
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
    EXPECT_EQ(data->packet.window, -1);
    const Result<Goal> full = parse_goal("wire web ACK win 0 leaves", {"client"}, {}, hosts);
    ASSERT_TRUE(full) << full.sentence();
    EXPECT_EQ(full->packet.words, std::vector<std::string>{"ACK"});
    EXPECT_EQ(full->packet.window, 0);
}

TEST(WireGoals, MistakesAreSaid) {
    const auto sentence = [](const char* text) { return parse_goal(text, {"client"}, {}, hosts).sentence(); };
    EXPECT_NE(sentence("wire labtop SYN arrives").find("did you mean \"laptop\"?"), std::string::npos) << sentence("wire labtop SYN arrives");
    EXPECT_NE(sentence("wire laptop SIN arrives").find("did you mean \"SYN\"?"), std::string::npos) << sentence("wire laptop SIN arrives");
    EXPECT_NE(sentence("wire laptop SYN").find("`arrives`"), std::string::npos) << sentence("wire laptop SYN");
    EXPECT_NE(sentence("wire laptop ACK win 5 leaves").find("`win 0`"), std::string::npos) << sentence("wire laptop ACK win 5 leaves");
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

TEST(WireRules, AreReadAndTheirMistakesAreSaid) {
    const auto read = [](const char* text) { return parse_wire_change(text, hosts); };
    const struct {
        const char* text;
        WireRule rule;
        int value;
    } good[] = {{"latency 100ms", WireRule::Latency, 100'000}, {"latency 2s", WireRule::Latency, 2'000'000}, {"latency 0", WireRule::Latency, 0},
                {"rate 10000", WireRule::Rate, 10'000},        {"loss 3", WireRule::Loss, 3},                {"cable in", WireRule::Cable, 0},
                {"cable pulled", WireRule::Cable, -1},         {"cable web pulled", WireRule::Cable, 2}};
    for (const auto& row : good) {
        const Result<WireChange> change = read(row.text);
        ASSERT_TRUE(change) << row.text << ": " << change.sentence();
        EXPECT_EQ(change->rule, row.rule) << row.text;
        EXPECT_EQ(change->value, row.value) << row.text;
    }
    for (const char* text : {"latency", "latency 100", "latency ms", "latency 6s", "latency 99999999999s", "latency -1ms"})
        EXPECT_NE(read(text).sentence().find("a latency is a time"), std::string::npos) << text;
    EXPECT_NE(read("rate fast").sentence().find("bytes a second"), std::string::npos);
    EXPECT_NE(read("loss 3 4").sentence().find("one packet in so many"), std::string::npos);
    EXPECT_NE(read("cable wed pulled").sentence().find("`do wire cable web pulled`"), std::string::npos) << read("cable wed pulled").sentence();
    EXPECT_NE(read("latancy 1ms").sentence().find("did you mean \"latency\"?"), std::string::npos);
}

TEST(WireRules, TheLearnerGoesRoundThem) {
    WireRules rules;
    for (const WireRule rule : {WireRule::Latency, WireRule::Rate, WireRule::Loss, WireRule::Cable}) {
        int changes = 0;
        do {
            const WireChange change = next_change(rules, rule);
            rules.set(change.rule, change.value);
            ++changes;
        } while (rules != WireRules{} && changes < 10);
        EXPECT_EQ(changes, rule == WireRule::Cable ? 2 : 3);
    }
}

}  // namespace
}  // namespace ipcscope
