// The learner's hand on the wire: packets that overtake one another, that come late or never, and the wire's own rules.
#include "core/lesson/check.h"
#include "tests/lesson/folder.h"
#include "tests/lesson/playing.h"

namespace ipcscope {
namespace {

using namespace std::chrono_literals;

// Two datagrams, and who waits for them.
constexpr char sender[] = R"(
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>
int main(int count, char **words)
{
    struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons(7000)};
    if (count != 2 || inet_pton(AF_INET, words[1], &there.sin_addr) != 1) _exit(1);
    int line = socket(AF_INET, SOCK_DGRAM, 0);
    if (sendto(line, "one", 3, 0, (struct sockaddr *)&there, sizeof there) != 3) _exit(2);
    if (sendto(line, "three", 5, 0, (struct sockaddr *)&there, sizeof there) != 5) _exit(3);
    _exit(0);
}
)";
constexpr char receiver[] = R"(
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>
int main(void)
{
    char bytes[16];
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(7000)};
    int ear = socket(AF_INET, SOCK_DGRAM, 0);
    if (bind(ear, (struct sockaddr *)&own, sizeof own) == -1) _exit(1);
    if (recv(ear, bytes, sizeof bytes, 0) == -1) _exit(2);
    if (recv(ear, bytes, sizeof bytes, 0) == -1) _exit(3);
    _exit(0);
}
)";

std::string lesson(const std::string& what_ifs) {
    return "# T\n\n```lesson\nnumber: 1\npart: P\nteaches: t\nhosts: laptop 192.0.2.1, web 192.0.2.2\nprogram: send.c web on laptop, receive.c on web\n"
           "wire: held\nprocesses: sender receiver\n```\n\n## Both are on the wire\n\n```step\nreceiver socket(...) = 3\nreceiver bind(3, ...) = 0\n"
           "sender socket(...) = 3\nsender sendto(3, \"one\", ...) = 3\nsender sendto(3, \"three\", ...) = 5\n```\n\n" +
           what_ifs + "\n## They arrive\n\n```step\nwire laptop UDP 3 arrives\nwire laptop UDP 5 arrives\n```\n";
}

class WirePlay : public testing::Test {
 protected:
    void write(const std::string& what_ifs) {
        folder_.write("send.c", sender);
        folder_.write("receive.c", receiver);
        folder_.write("lesson.md", lesson(what_ifs));
    }
    // The what-ifs of the lesson, played; no sentence if all came true.
    std::string failures() {
        auto read = load_lesson(folder_.path());
        EXPECT_TRUE(read) << read.sentence();
        if (!read) return read.sentence();
        const CheckReport report = check_lesson(*read, {});
        has_wire_ = report.impossible.empty();
        std::string all;
        for (const std::string& failure : report.failures) all += failure + "\n";
        return all;
    }

    const OwnDirectories own_;
    const Folder folder_;
    bool has_wire_ = true;
};

TEST_F(WirePlay, WhatALessonDoesToTheWireComesTrue) {
    write("```what-if\nOvertake\nwire laptop UDP 5 arrives\ndo step receiver\nwire laptop UDP 3 arrives\n"
          "receiver recv(3, \"one\", ...) = 3\n> R.\n```\n"
          "```what-if\nPulled, and in again\ndo wire cable pulled\ndo deliver laptop UDP 3\nwire laptop UDP 3 lost\ndo wire cable in\nwire laptop UDP 5 arrives\n"
          "receiver recv(3, \"three\", ...) = 5\nreceiver recv(3, ...) blocks\n> R.\n```\n"
          "```what-if\nOf web only\ndo wire cable web pulled\ndo deliver laptop UDP 3\nwire laptop UDP 3 lost\n> R.\n```\n"
          "```what-if\nLost by a rule\ndo wire loss 2\nwire laptop UDP 3 arrives\ndo deliver laptop UDP 5\nwire laptop UDP 5 lost\n> R.\n```\n"
          "```what-if\nSlow\ndo wire latency 200ms\ndo wire rate 1000\nwire laptop UDP 5 arrives\n> R.\n```\n"
          "```what-if\nLate\ndo later laptop UDP 3\nwire laptop UDP 3 arrives\n> R.\n```\n");
    const std::string sentences = failures();
    if (!has_wire_) GTEST_SKIP() << "no wire here";
    EXPECT_EQ(sentences, "");
    // The first to arrive is the first to be received, whichever left first.
    write("```what-if\nOvertake\ndo deliver laptop UDP 5\nreceiver recv(3, \"one\", ...) = 3\n> R.\n```\n");
    EXPECT_NE(failures().find("`receiver recv(3, \"one\", ...) = 3` was not seen"), std::string::npos);
}

class PlayedWire : public WirePlay {
 protected:
    void SetUp() override {
        write("");
        playing_.emplace(folder_.path());
        if ((*playing_)->lacks_wire()) GTEST_SKIP() << "no wire here";
        playing_->step(5);
    }
    void TearDown() override { playing_.reset(); }
    Player& player() { return **playing_; }
    const NetworkState& network() { return player().run()->model().network(); }
    std::uint64_t held(std::size_t place) { return network().on_wire.at(place).number; }
    PacketFate fate_of(std::uint64_t number) {
        const Trace& trace = player().run()->trace();
        for (EventIndex i = trace.size(); i-- > 0;)
            if (trace[i].kind == EventKind::Carried && trace[i].value[0] == static_cast<std::int64_t>(number)) return static_cast<PacketFate>(trace[i].value[1]);
        return PacketFate::Repeated;
    }

    std::optional<Playing> playing_;
};

TEST_F(PlayedWire, AHeldPacketMayOvertakeAnother) {
    ASSERT_EQ(network().on_wire.size(), 2u);
    const std::uint64_t older = held(0), younger = held(1);
    player().carry_packet(younger, PacketFate::Delivered);
    playing_->settle();
    EXPECT_EQ(player().last_sentence(), "The wire hands web the UDP with 5 bytes of laptop, past an older one that is still on the wire.");
    player().carry_packet(older, PacketFate::Delivered);
    playing_->settle();
    EXPECT_EQ(player().last_sentence(), "The wire hands web the UDP with 3 bytes of laptop; a younger one has arrived before it.");
    PacketFlows flows;
    for (EventIndex i = 0; i < player().run()->trace().size(); ++i) flows.apply(player().run()->trace(), i);
    EXPECT_TRUE(flows.packet(older)->was_overtaken);
    EXPECT_FALSE(flows.packet(younger)->was_overtaken);
    player().back();    // the older one is on the wire again, alone: by what it is, not by its number
    playing_->settle();
    ASSERT_EQ(network().on_wire.size(), 1u);
    EXPECT_EQ(held(0), older);
}

TEST_F(PlayedWire, TheRulesAreTheLearners) {
    const std::uint64_t first = held(0), second = held(1);
    player().set_wire({WireRule::Cable, static_cast<int>(every_host)});
    playing_->settle();
    EXPECT_TRUE(network().rules.is_cut(1));
    EXPECT_EQ(player().last_sentence(), "The cable is pulled: what goes over it is lost, and no kernel is told.");
    player().carry_packet(first, PacketFate::Delivered);
    playing_->settle();
    EXPECT_EQ(fate_of(first), PacketFate::Severed);
    player().set_wire({WireRule::Cable, 0});
    playing_->settle();
    player().set_wire({WireRule::Latency, 150'000});
    playing_->settle();
    EXPECT_EQ(network().rules, (WireRules{.latency_us = 150'000}));
    const auto begin = std::chrono::steady_clock::now();
    player().carry_packet(second, PacketFate::Delivered);
    playing_->settle();    // the step is over when it has arrived
    EXPECT_GE(std::chrono::steady_clock::now() - begin, 150ms);
    EXPECT_EQ(fate_of(second), PacketFate::Delivered);
    EXPECT_TRUE(network().on_wire.empty());
    const std::string lines = [&] {
        std::string all;
        for (const CallLog::Entry& entry : player().run()->log().entries()) all += entry.call.line() + "\n";
        return all;
    }();
    for (const char* line : {"wire  the cable is pulled\n", "wire  #1 lost: the cable is pulled\n", "wire  has no rules: each packet goes over at once\n", "wire  150 ms each way\n"})
        EXPECT_NE(lines.find(line), std::string::npos) << line << lines;
}

TEST_F(PlayedWire, ALatePacketArrivesByItself) {
    const std::uint64_t number = held(0);
    player().delay_packet(number);
    playing_->settle();
    EXPECT_EQ(fate_of(number), PacketFate::Delivered);
    EXPECT_EQ(network().on_wire.size(), 1u);
}

// Without a wire the calls are the same; a handshake is not held where the lesson lets it pass; and a variant is brought past packets that are.
class ShippedHosts : public testing::TestWithParam<const char*> {};

TEST_P(ShippedHosts, ArePlayedWithAWireAndWithoutOne) {
    const OwnDirectories own;
    const auto lesson = load_lesson(std::string(IPCSCOPE_LESSONS) + "/" + GetParam());
    ASSERT_TRUE(lesson) << lesson.sentence();
    CheckOptions options;
    const CheckReport with = check_lesson(*lesson, options);
    EXPECT_EQ(with.failures, std::vector<std::string>{});
    options.player.has_wire = false;
    const CheckReport without = check_lesson(*lesson, options);
    EXPECT_EQ(without.failures, std::vector<std::string>{});
    EXPECT_EQ(without.goals, without.goals_met);
    EXPECT_LE(without.goals, with.goals);
}

INSTANTIATE_TEST_SUITE_P(Wire, ShippedHosts, testing::Values("half-close", "fin-rst", "time-wait", "flow-control"), [](const auto& one) {
    std::string name = one.param;
    std::erase(name, '-');
    return name;
});

}  // namespace
}  // namespace ipcscope
