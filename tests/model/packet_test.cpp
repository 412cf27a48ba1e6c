// Packets, read from their bytes. What tshark said of the same bytes (tests/model/real_packets.h) is what is expected here.
#include "core/model/packet.h"

#include <gtest/gtest.h>

#include <random>

#include "core/model/canonical.h"

#include "core/model/packet_text.h"
#include "tests/model/real_packets.h"

namespace ipcscope {
namespace {

using Bytes = std::vector<std::byte>;

class Wire {
 public:
    Wire() {
        host("client", "192.0.2.1/24 2001:db8::1/64");
        host("web", "192.0.2.2/24 2001:db8::2/64");
    }
    void host(std::string_view name, std::string_view addresses) {
        Event event;
        event.kind = EventKind::Host;
        event.value[0] = ++hosts_;
        event.value[1] = 1500;
        add(event, name, addresses);
    }
    void send(const Bytes& bytes, int from, int to, bool is_held = false) {
        Event event;
        event.kind = EventKind::Packet;
        event.value[0] = ++packets_, event.value[1] = from, event.value[2] = to, event.value[3] = is_held;
        add(event, std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
    }
    void carry(int number, PacketFate fate, int to = 0) {
        Event event;
        event.kind = EventKind::Carried;
        event.value[0] = number, event.value[1] = static_cast<std::int64_t>(fate), event.value[2] = to;
        add(event);
    }
    void all_real() {
        for (const RealPacket& packet : real_packets) {
            send(packet.bytes(), packet.is_from_first ? 1 : 2, packet.is_from_first ? 2 : 1);
            carry(packets_, PacketFate::Delivered, packet.is_from_first ? 2 : 1);
        }
    }
    std::vector<std::string> lines() const {
        std::vector<std::string> lines;
        for (const CallLog::Entry& entry : log.entries()) lines.push_back(entry.call.line());
        return lines;
    }

    Trace trace;
    Model model;
    CallLog log;
    PacketFlows flows;

 private:
    void add(const Event& event, std::optional<std::string_view> first = {}, std::optional<std::string_view> second = {}) {
        std::vector<EventBatch::Piece> pieces;
        if (first) pieces.push_back({0, std::as_bytes(std::span(*first)), first->size()});
        if (second) pieces.push_back({1, std::as_bytes(std::span(*second)), second->size()});
        EventBatch batch;
        batch.add(event, pieces);
        trace.append(batch);
        const EventIndex index = trace.size() - 1;
        model.apply(trace, index);
        log.apply(trace, model, index);
        flows.apply(trace, index);
    }
    int hosts_ = 0, packets_ = 0;
};

TEST(Packet, RealOnesAreToldAsTsharkTellsThem) {
    Wire wire;
    wire.all_real();
    const std::vector<std::string> expected = {
        "client  host 192.0.2.1/24 2001:db8::1/64, mtu 1500",
        "web  host 192.0.2.2/24 2001:db8::2/64, mtu 1500",
        "wire  #1 client -> web  TCP 43520 -> 80 SYN seq 0 win 64240 mss 1460",
        "wire  #2 web -> client  TCP 80 -> 43520 SYN ACK seq 0 ack 1 win 65160 mss 1460",
        "wire  #3 client -> web  TCP 43520 -> 80 ACK seq 1 ack 1 win 64512",
        "wire  #4 client -> web  TCP 43520 -> 80 PSH ACK seq 1 ack 1 win 64512 len 5 \"hello\"",
        "wire  #5 web -> client  TCP 80 -> 43520 ACK seq 1 ack 6 win 65536",
        "wire  #6 web -> client  TCP 80 -> 43520 PSH ACK seq 1 ack 6 win 65536 len 7 \"world!\\n\"",
        "wire  #7 client -> web  TCP 43520 -> 80 ACK seq 6 ack 8 win 64512",
        "wire  #8 client -> web  TCP 43520 -> 80 RST ACK seq 6 ack 8 win 64512",
        "wire  #9 client -> web  TCP 43521 -> 81 SYN seq 0 win 64240 mss 1460",
        "wire  #10 web -> client  TCP 81 -> 43521 RST ACK seq 1 ack 1 win 0",
        "wire  #11 client -> web  UDP 5000 -> 53 len 4 \"who?\"",
        "wire  #12 client -> web  UDP 5000 -> 9 fragment at 0, more follow len 1472 \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"…",
        "wire  #13 web -> client  ICMP destination unreachable, port unreachable: about UDP 192.0.2.1:5000 -> 192.0.2.2:53 len 4 \"who?\"",
    };
    const std::vector<std::string> lines = wire.lines();
    ASSERT_EQ(lines.size(), 2 + std::size(real_packets));
    for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(lines[i], expected[i]);
    EXPECT_EQ(lines[15], "wire  #14 client -> web  UDP fragment at 1480, the last len 528 \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"…");
    EXPECT_EQ(lines[17], "wire  #16 client -> web  TCP 43520 -> 80 SYN seq 0 win 64800 mss 1440");
    EXPECT_EQ(lines[18], "wire  #17 web -> client  TCP 80 -> 43520 SYN ACK seq 0 ack 1 win 64260 mss 1440");
    EXPECT_EQ(lines[22], "wire  #21 web -> client  TCP 81 -> 43521 RST ACK seq 1 ack 1 win 0");
    EXPECT_EQ(lines[24], "wire  #23 client -> web  UDP 5000 -> 9 fragment at 0, more follow len 1440 \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"…");
    EXPECT_EQ(lines[25],
              "wire  #24 web -> client  ICMPv6 destination unreachable, port unreachable: about UDP [2001:db8::1]:5000 -> [2001:db8::2]:53 len 4 "
              "\"who?\"");
}

TEST(Packet, TheirOptionsAreRead) {
    const Bytes syn = real_packets[0].bytes();
    const Packet packet = packet_from(syn);
    ASSERT_TRUE(packet.tcp);
    EXPECT_EQ(packet.tcp->largest_segment, 1460);
    EXPECT_EQ(packet.tcp->window_scale, 10);
    EXPECT_TRUE(packet.tcp->allows_sack);
    EXPECT_EQ(packet.tcp->time_value, 3142725124u);
    EXPECT_EQ(packet.hops_left, 64);
    EXPECT_EQ(text_of_packet(packet), "TCP 192.0.2.1:43520 -> 192.0.2.2:80 SYN seq " + std::to_string(packet.tcp->sequence) + " win 64240 mss 1460");
}

TEST(Packet, RealOnesHaveNothingWrong) {
    for (const RealPacket& real : real_packets) {
        const Bytes bytes = real.bytes();
        const Packet packet = packet_from(bytes);
        EXPECT_EQ(packet.damage, "") << real.hex;
        EXPECT_FALSE(packet.has_wrong_checksum) << real.hex;
        EXPECT_FALSE(packet.has_wrong_header_checksum) << real.hex;
        EXPECT_EQ(packet.length, bytes.size());
    }
}

TEST(Packet, ABitTurnedAnywhereIsSeen) {
    for (const std::size_t which : {0u, 3u, 10u, 15u, 18u}) {
        const Bytes bytes = real_packets[which].bytes();
        const Packet whole = packet_from(bytes);
        // IPv6 has no checksum of its own header: what is there and not in the pseudo header may turn unseen.
        for (std::size_t at = whole.version == 4 ? 0 : 40; at < bytes.size(); ++at) {
            Bytes turned = bytes;
            turned[at] ^= std::byte{0x10};
            const Packet packet = packet_from(turned);
            EXPECT_TRUE(packet.has_wrong_checksum || packet.has_wrong_header_checksum || !packet.damage.empty()) << which << " at " << at;
        }
    }
}

TEST(Packet, EveryPrefixIsReadAndSaysThatItIsCut) {
    for (const RealPacket& real : real_packets) {
        const Bytes bytes = real.bytes();
        for (std::size_t length = 0; length < bytes.size(); ++length) {
            const Bytes prefix(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length));   // its own memory: reads past its end are seen
            const Packet packet = packet_from(prefix);
            EXPECT_NE(packet.damage, "") << length << " of " << real.hex;
            EXPECT_FALSE(text_of_packet(packet).empty());
            const Packet cut = packet_from(prefix, true);
            EXPECT_EQ(cut.damage, "") << length << " of " << real.hex;
            EXPECT_FALSE(cut.has_wrong_checksum);
            EXPECT_FALSE(text_of_packet(cut).empty());
        }
    }
}

TEST(Packet, RandomBytesAndDamagedPacketsAreRead) {
    std::mt19937 random(7);
    const auto read = [](const Bytes& bytes) {
        for (const bool is_cut : {false, true}) {
            const Packet packet = packet_from(bytes, is_cut);
            EXPECT_LE(packet.payload.size(), bytes.size());
            EXPECT_FALSE(text_of_packet(packet).empty());
            packet_fields(packet);
        }
    };
    for (int i = 0; i < 20'000; ++i) {
        Bytes bytes(random() % 120);
        for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
        if (!bytes.empty() && i % 2) bytes[0] = i % 4 == 1 ? std::byte{0x45} : std::byte{0x60};
        read(bytes);
        Bytes real = real_packets[random() % std::size(real_packets)].bytes();
        for (int turned = 0; turned < 4; ++turned) real[random() % std::min<std::size_t>(real.size(), 80)] = static_cast<std::byte>(random());
        read(real);
    }
}

// A TCP segment over IPv4, from 192.0.2.1:1000 to 192.0.2.2:2000 or back, with right checksums.
Bytes segment(bool is_back, std::uint32_t sequence, std::uint32_t acknowledged, std::uint8_t flags, const Bytes& options = {}, std::size_t data = 0) {
    Bytes bytes(40 + options.size() + data);
    const auto put = [&](std::size_t at, std::uint64_t value, int size) {
        for (int i = 0; i < size; ++i) bytes[at + static_cast<std::size_t>(i)] = static_cast<std::byte>(value >> (8 * (size - 1 - i)));
    };
    put(0, 0x45, 1), put(2, bytes.size(), 2), put(8, 64, 1), put(9, 6, 1);
    put(12, is_back ? 0xc0000202 : 0xc0000201, 4), put(16, is_back ? 0xc0000201 : 0xc0000202, 4);
    put(20, is_back ? 2000 : 1000, 2), put(22, is_back ? 1000 : 2000, 2);
    put(24, sequence, 4), put(28, acknowledged, 4), put(32, (5 + options.size() / 4) << 4, 1), put(33, flags, 1), put(34, 1000, 2);
    for (std::size_t i = 0; i < options.size(); ++i) bytes[40 + i] = options[i];
    put(10, internet_checksum(std::span(bytes).first(20)), 2);
    const std::uint32_t pseudo = 0xc000 + 0x0201 + 0xc000 + 0x0202 + 6 + static_cast<std::uint32_t>(bytes.size() - 20);
    put(36, internet_checksum(std::span(bytes).subspan(20), pseudo), 2);
    return bytes;
}

constexpr std::uint8_t syn = TcpFlag::Syn, ack = TcpFlag::Ack, fin = TcpFlag::Fin;

TEST(PacketFlows, NumbersWrapAround) {
    Wire wire;
    wire.send(segment(false, 0xffffffff, 0, syn), 1, 2);
    wire.send(segment(true, 0xfffffffe, 0, syn | ack), 2, 1);
    wire.send(segment(false, 9, 0xffffffff, fin | ack), 1, 2);
    EXPECT_EQ(wire.lines()[4], "wire  #3 client -> web  TCP 1000 -> 2000 FIN ACK seq 10 ack 1 win 1000");
}

TEST(PacketFlows, ASynSentAgainIsTheSameConnectionAndAnotherSynIsANewOne) {
    Wire wire;
    wire.send(segment(false, 100, 0, syn), 1, 2);
    wire.send(segment(false, 100, 0, syn), 1, 2);
    wire.send(segment(true, 500, 101, syn | ack), 2, 1);
    wire.send(segment(false, 7000, 0, syn), 1, 2);
    wire.send(segment(true, 9000, 7001, syn | ack), 2, 1);
    wire.send(segment(false, 7001, 9001, ack), 1, 2);
    const auto& packets = wire.flows.packets();
    EXPECT_EQ(packets[0].flow, packets[2].flow);
    EXPECT_EQ(packets[1].flow, packets[2].flow);
    EXPECT_NE(packets[3].flow, packets[2].flow);
    EXPECT_EQ(packets[5].flow, packets[3].flow);
    EXPECT_EQ(wire.lines()[7], "wire  #6 client -> web  TCP 1000 -> 2000 ACK seq 1 ack 1 win 1000");
}

TEST(PacketFlows, WhatIsSentAgainIsKnown) {
    Wire wire;
    const Bytes syn = real_packets[0].bytes(), data = real_packets[3].bytes(), acknowledgment = real_packets[2].bytes();
    for (const Bytes* packet : {&syn, &syn, &acknowledgment, &acknowledgment, &data, &syn, &data}) wire.send(*packet, 1, 2);
    std::vector<std::uint32_t> repeats;
    for (const PacketOnTrace& packet : wire.flows.packets()) repeats.push_back(packet.repeats);
    EXPECT_EQ(repeats, (std::vector<std::uint32_t>{no_id, 0, no_id, no_id, no_id, 1, 4}));
}

TEST(PacketFlows, SackIsRelativeToTheOtherEnd) {
    Wire wire;
    wire.send(segment(false, 1000, 0, syn), 1, 2);
    wire.send(segment(true, 5000, 1001, syn | ack), 2, 1);
    Bytes options = {std::byte{1}, std::byte{1}, std::byte{5}, std::byte{10}};
    for (const int byte : {0, 0, 4, 0xe9, 0, 0, 5, 0xe9}) options.push_back(static_cast<std::byte>(byte));   // 1257 to 1513
    wire.send(segment(true, 5001, 1001, ack, options), 2, 1);
    EXPECT_EQ(wire.lines()[4], "wire  #3 web -> client  TCP 2000 -> 1000 ACK seq 1 ack 1 win 1000 sack 257-513");
}

TEST(PacketFlows, WhatBecameOfEach) {
    Wire wire;
    for (int i = 0; i < 4; ++i) wire.send(segment(false, 100 + static_cast<std::uint32_t>(i), 0, ack), 1, 2, i == 3);
    wire.carry(2, PacketFate::Delivered, 2);
    wire.carry(1, PacketFate::Duplicated, 2);
    wire.carry(1, PacketFate::Delivered, 2);
    wire.carry(3, PacketFate::Dropped);
    wire.carry(4, PacketFate::Delivered, 2);
    wire.carry(9, PacketFate::Dropped);   // there is none
    const auto& packets = wire.flows.packets();
    EXPECT_TRUE(packets[0].was_overtaken);
    EXPECT_NE(packets[0].copied, no_id);
    EXPECT_FALSE(packets[1].was_overtaken);
    EXPECT_EQ(packets[2].fate, PacketFate::Dropped);
    EXPECT_TRUE(packets[3].is_held);
    const std::vector<std::string> lines = wire.lines();
    EXPECT_EQ(lines[5], "wire  #4 client -> web  TCP 1000 -> 2000 ACK seq 4 ack 1 win 1000  held");
    EXPECT_EQ(lines[6], "wire  #1 duplicated, handed to web");
    EXPECT_EQ(lines[7], "wire  #3 dropped");
    EXPECT_EQ(lines[8], "wire  #4 delivered to web");
}

TEST(LostPackets, ALossIsMadeUpForBySendingItAgain) {
    Wire wire;
    const auto is_unsettled = [&] { return wire.model.network().is_unsettled(); };
    wire.send(segment(false, 100, 1, ack, {}, 10), 1, 2);    // ten bytes
    wire.carry(1, PacketFate::Dropped);
    EXPECT_TRUE(is_unsettled());
    wire.send(segment(false, 110, 1, ack, {}, 10), 1, 2);    // what comes behind them
    wire.carry(2, PacketFate::Delivered, 2);
    EXPECT_TRUE(is_unsettled());
    wire.send(segment(false, 100, 1, ack, {}, 4), 1, 2);     // the first four
    wire.carry(3, PacketFate::Delivered, 2);
    EXPECT_TRUE(is_unsettled());
    wire.send(segment(false, 100, 1, ack, {}, 20), 1, 2);    // all, in one
    wire.carry(4, PacketFate::Delivered, 2);
    EXPECT_FALSE(is_unsettled());
    wire.send(segment(false, 120, 0, ack), 1, 2);     // an acknowledgment, and another
    wire.carry(5, PacketFate::Corrupted, 2);
    EXPECT_TRUE(is_unsettled());
    wire.send(segment(false, 120, 0, ack), 1, 2);
    wire.carry(6, PacketFate::Delivered, 2);
    EXPECT_FALSE(is_unsettled());
}

}  // namespace
}  // namespace ipcscope
