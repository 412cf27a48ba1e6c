// Packets in a pcapng file, read by hand block by block.
#include "core/trace/pcapng.h"

#include <gtest/gtest.h>

#include <cstring>

#include "tests/trace/random_trace.h"

namespace ipcscope {
namespace {

struct Block {
    std::uint32_t type;
    std::vector<std::byte> body;
};

std::uint32_t long_at(const std::vector<std::byte>& bytes, std::size_t at) {
    std::uint32_t value = 0;
    if (at + sizeof value <= bytes.size()) std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
}

std::vector<Block> blocks_of(const std::vector<std::byte>& file) {
    std::vector<Block> blocks;
    for (std::size_t at = 0; at + 12 <= file.size();) {
        const std::uint32_t length = long_at(file, at + 4);
        EXPECT_EQ(length % 4, 0u);
        EXPECT_LE(at + length, file.size());
        EXPECT_EQ(long_at(file, at + length - 4), length);
        if (length < 12 || at + length > file.size()) break;
        const auto begin = file.begin() + static_cast<std::ptrdiff_t>(at);
        blocks.push_back({long_at(file, at), {begin + 8, begin + length - 4}});
        at += length;
    }
    return blocks;
}

void add(Trace& trace, EventKind kind, std::initializer_list<std::int64_t> values, std::string_view text, std::uint64_t stamp = 0) {
    Event event;
    event.kind = kind;
    event.stamp = stamp;
    std::copy(values.begin(), values.end(), event.value);
    EventBatch batch;
    batch.add(event, text);
    trace.append(batch);
}

TEST(Pcapng, HasAnInterfaceForEachHostAndABlockForEachPacket) {
    Trace trace;
    add(trace, EventKind::Host, {1, 1500}, "client");
    add(trace, EventKind::Host, {2, 1500}, "web");
    add(trace, EventKind::Packet, {1, 2, 1}, "E-bytes", 0x100000002);
    add(trace, EventKind::Packet, {2, 3, 1}, "left a host that is not there");
    const PcapngFile file = pcapng_from(trace, [](EventIndex index) { return index == 2 ? "dropped" : ""; });
    EXPECT_EQ(file.packets, 1u);
    const std::vector<Block> blocks = blocks_of(file.bytes);
    ASSERT_EQ(blocks.size(), 4u);
    EXPECT_EQ(blocks[0].type, 0x0a0d0d0au);
    EXPECT_EQ(long_at(blocks[0].body, 0), 0x1a2b3c4du);
    for (const std::size_t i : {1u, 2u}) {
        EXPECT_EQ(blocks[i].type, 1u);
        EXPECT_EQ(long_at(blocks[i].body, 0), 101u);
    }
    EXPECT_EQ(std::memcmp(blocks[1].body.data() + 12, "client", 6), 0);
    EXPECT_EQ(blocks[3].type, 6u);
    EXPECT_EQ(long_at(blocks[3].body, 0), 1u);      // web's
    EXPECT_EQ(long_at(blocks[3].body, 4), 1u);      // the stamp's upper half
    EXPECT_EQ(long_at(blocks[3].body, 8), 2u);
    EXPECT_EQ(long_at(blocks[3].body, 12), 7u);
    EXPECT_EQ(std::memcmp(blocks[3].body.data() + 20, "E-bytes\0", 8), 0);
    EXPECT_EQ(std::memcmp(blocks[3].body.data() + 32, "dropped\0", 8), 0);
}

TEST(Pcapng, AnyTraceGivesBlocksThatCanBeRead) {
    for (std::uint32_t seed = 0; seed < 20; ++seed) {
        const PcapngFile file = pcapng_from(random_trace(seed, 300), [](EventIndex index) { return std::string(index % 7, 'c'); });
        EXPECT_EQ(blocks_of(file.bytes).empty(), false);
    }
}

}  // namespace
}  // namespace ipcscope
