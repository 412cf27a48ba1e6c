// The session's side of a ring against honest, clumsy and hostile writers.
#include "core/session/area.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <random>

#include "core/events/call_table.h"

namespace ipcscope {
namespace {

// The other side: the same memory, mapped again.
class OtherSide {
 public:
    explicit OtherSide(const Area& area) : size_(area.size()) {
        memory_ = mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED, area.descriptor(), 0);
    }
    ~OtherSide() { munmap(memory_, size_); }
    Ring& ring(std::uint32_t index) { return *ring_at(memory_, index); }
    char* data(std::uint32_t index) { return data_at(memory_, index); }
    AreaHeader& header() { return *static_cast<AreaHeader*>(memory_); }

    // Writes a record at the head as the probe does, without looking whether there is room.
    void append(std::uint32_t index, RecordHeader header, const std::vector<std::uint64_t>& body) {
        const std::uint32_t bytes = this->header().ring_bytes;
        std::uint64_t head = ring(index).head;
        header.words = static_cast<std::uint16_t>(2 + body.size());
        const std::uint32_t left = bytes - static_cast<std::uint32_t>(head % bytes);
        if (header.words * 8u > left) {
            const RecordHeader pad{static_cast<std::uint16_t>(left / 8), RecordKind::Pad, 0, 0, 0, 0};
            std::memcpy(data(index) + head % bytes, &pad, 8);
            head += left;
        }
        std::memcpy(data(index) + head % bytes, &header, sizeof header);
        if (!body.empty()) std::memcpy(data(index) + head % bytes + sizeof header, body.data(), body.size() * 8);
        ring(index).head = head + header.words * 8u;
    }

 private:
    std::size_t size_;
    void* memory_;
};

Area make_area(std::uint32_t rings = 2, bool gate_closed = false) {
    AreaOptions options;
    options.process = 3;
    options.ring_count = rings;
    options.ring_bytes = min_ring_bytes;
    options.gate_closed = gate_closed;
    Result<Area> area = Area::create(options);
    EXPECT_TRUE(area);
    return *std::move(area);
}

RecordHeader enter(CallId call, std::uint64_t stamp) { return {0, RecordKind::Enter, 0, static_cast<std::uint16_t>(call), 0, stamp}; }

TEST(Area, IsSealed) {
    const Area area = make_area();
    EXPECT_EQ(fcntl(area.descriptor(), F_GET_SEALS), F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
    EXPECT_LT(ftruncate(area.descriptor(), 0), 0);
    EXPECT_TRUE(fcntl(area.descriptor(), F_GETFD) & FD_CLOEXEC);
}

TEST(Area, RefusesSenselessSizes) {
    AreaOptions options;
    options.ring_bytes = 100'000;
    EXPECT_FALSE(Area::create(options));
    options.ring_bytes = min_ring_bytes;
    options.ring_count = 0;
    EXPECT_FALSE(Area::create(options));
}

TEST(Area, StopsAtTheMoment) {
    Area area = make_area();
    OtherSide other(area);
    other.append(0, enter(CallId::getpid, 10), {1});
    other.append(0, enter(CallId::getppid, 20), {2});
    other.append(0, enter(CallId::getpid, 15), {3});    // never before what precedes it in its ring
    other.append(1, enter(CallId::getpid, 5), {4});
    std::vector<std::uint64_t> sites;
    const auto collect = [&](const RingRecord& record) { sites.push_back(record.word(0)); };
    EXPECT_EQ(area.sweep(19, collect), 2u);
    EXPECT_EQ(sites, (std::vector<std::uint64_t>{1, 4}));
    EXPECT_EQ(area.sweep(20, collect), 2u);
    EXPECT_EQ(sites, (std::vector<std::uint64_t>{1, 4, 2, 3}));
    EXPECT_EQ(area.sweep(1000, collect), 0u);
    EXPECT_EQ(other.ring(0).tail, other.ring(0).head);
    EXPECT_EQ(area.corrupt(), 0u);
}

TEST(Area, WrapsAndLosesNothing) {
    Area area = make_area(1);
    OtherSide other(area);
    std::uint64_t expected = 0;
    for (std::uint64_t i = 0; i < 20'000; ++i) {
        std::vector<std::uint64_t> body{i};
        // getpid has no argument that could carry a chunk; write has: sizes differ, so that the edge is met everywhere.
        if (i % 3 == 0) body.insert(body.end(), {0, 1, 2, 3});
        other.append(0, enter(i % 3 == 0 ? CallId::write : CallId::getpid, i), i % 3 == 0 ? std::vector<std::uint64_t>{i, 1, 2, 3} : body);
        if (i % 50 == 0) area.sweep(i, [&](const RingRecord& record) { EXPECT_EQ(record.word(0), expected++); });
    }
    area.sweep(20'000, [&](const RingRecord& record) { EXPECT_EQ(record.word(0), expected++); });
    EXPECT_EQ(expected, 20'000u);
    EXPECT_EQ(area.corrupt(), 0u);
}

TEST(Area, SkipsWhatMakesNoSense) {
    const std::vector<std::uint64_t> one{1};
    struct Bad {
        const char* what;
        RecordHeader header;
        std::vector<std::uint64_t> body;
    };
    const auto write_call = static_cast<std::uint16_t>(CallId::write);
    const Bad bads[] = {
        {"a call that is none", {0, RecordKind::Enter, 0, 60000, 0, 1}, one},
        {"a kind that is none", {0, static_cast<RecordKind>(77), 0, 0, 0, 1}, one},
        {"flags that are none", {0, RecordKind::Enter, 0xf0, 0, 0, 1}, one},
        {"too few arguments", {0, RecordKind::Enter, 0, write_call, 0, 1}, {1, 2}},
        {"a chunk longer than its record", {0, RecordKind::Enter, 0, write_call, 0, 1}, {1, 2, 3, 4, 0x0001'0040'0000'0040}},
        {"a chunk of no argument", {0, RecordKind::Enter, 0, write_call, 0, 1}, {1, 2, 3, 4, 0x0009'0000'0000'0000}},
        {"an abandoned one with a body", {0, RecordKind::Abandoned, 0, 0, 0, 1}, one},
        {"a loss of nothing", {0, RecordKind::Lost, 0, 0, 0, 1}, {}},
    };
    for (const Bad& bad : bads) {
        Area area = make_area();
        OtherSide other(area);
        other.append(0, bad.header, bad.body);
        other.append(1, enter(CallId::getpid, 2), one);
        EXPECT_EQ(area.sweep(9, [&](const RingRecord& record) { EXPECT_EQ(record.ring, 1u) << bad.what; }), 1u);
        EXPECT_EQ(area.corrupt(), 1u) << bad.what;
        other.append(0, enter(CallId::getpid, 3), one);    // it is skipped, not given up
        EXPECT_EQ(area.sweep(9, [](const RingRecord&) {}), 1u) << bad.what;
    }
}

TEST(Area, BelievesNoPosition) {
    Area area = make_area(1);
    OtherSide other(area);
    other.ring(0).head = 1u << 30;                         // more than there is room
    EXPECT_EQ(area.sweep(9, [](const RingRecord&) {}), 0u);
    EXPECT_EQ(area.corrupt(), 1u);
    other.ring(0).tail = 12345;                            // the tail is ours
    other.append(0, enter(CallId::getpid, 1), {7});
    EXPECT_EQ(area.sweep(9, [](const RingRecord& record) { EXPECT_EQ(record.word(0), 7u); }), 1u);
    other.ring(0).head = other.ring(0).head - 16;          // behind the tail: nothing new
    EXPECT_EQ(area.sweep(9, [](const RingRecord&) {}), 0u);
    EXPECT_EQ(area.corrupt(), 1u);
    other.header().ring_count = 4'000'000;                 // read once, when it was ours
    other.header().ring_bytes = 7;
    EXPECT_EQ(area.sweep(9, [](const RingRecord&) {}), 0u);
}

TEST(Area, Gate) {
    Area area = make_area(2, true);
    OtherSide other(area);
    EXPECT_EQ(other.header().gate_closed, 1u);
    EXPECT_FALSE(area.is_at_gate(1));
    const std::uint64_t before = area.progress(1);
    other.ring(1).arrived = 1;
    EXPECT_TRUE(area.is_at_gate(1));
    EXPECT_NE(area.progress(1), before);
    area.grant(1, Verdict::Fail, 5);
    EXPECT_FALSE(area.is_at_gate(1));
    EXPECT_EQ(other.ring(1).granted, 1u);
    EXPECT_EQ(other.ring(1).verdict, static_cast<std::uint32_t>(Verdict::Fail));
    EXPECT_EQ(other.ring(1).verdict_value, 5);
    other.ring(1).arrived = 2;
    area.set_gate_closed(false);
    EXPECT_EQ(other.ring(1).granted, 2u);
    EXPECT_EQ(other.ring(1).verdict, static_cast<std::uint32_t>(Verdict::Go));
    other.ring(0).arrived = 1;                             // it read the closed gate a moment ago
    area.sweep(0, [](const RingRecord&) {});
    EXPECT_EQ(other.ring(0).granted, 1u);
}

TEST(Area, RingsAreFreedAndUsedAgain) {
    Area area = make_area(2);
    OtherSide other(area);
    other.ring(0).owner = 77;
    EXPECT_EQ(area.owner(0), 77u);
    other.append(0, enter(CallId::getpid, 1), {1});
    EXPECT_FALSE(area.is_drained(0));
    area.sweep(9, [](const RingRecord& record) { EXPECT_EQ(record.tid, 77u); });
    EXPECT_TRUE(area.is_drained(0));
    area.free_ring_of(77);
    EXPECT_EQ(other.ring(0).owner, 0u);
}

// Random bytes, random positions, and honest records with a few bits changed. What must hold: no access outside (the
// sanitizers watch), every record that is delivered is sound, every sweep ends.
TEST(Area, SurvivesRandomRings) {
    Area area = make_area(1);
    OtherSide other(area);
    std::mt19937_64 random(20240229);
    std::uint64_t delivered = 0;
    for (int round = 0; round < 300'000; ++round) {
        Ring& ring = other.ring(0);
        if (round % 2) {
            ring.head = ring.tail.load();
            ring.owner = 7;
            for (int i = 0; i < 3; ++i) {
                std::vector<std::uint64_t> body(random() % 12);
                for (std::uint64_t& word : body) word = random() % 4 ? random() % 64 : random();
                other.append(0, {0, static_cast<RecordKind>(random() % 6), static_cast<std::uint8_t>(random() % 16), static_cast<std::uint16_t>(random() % (call_count + 2)),
                                 0, random() % 100}, body);
            }
            if (random() % 2) other.data(0)[random() % min_ring_bytes] ^= static_cast<char>(1u << random() % 8);
        } else {
            for (int i = 0; i < 16; ++i) {
                const std::uint64_t word = random();
                std::memcpy(other.data(0) + random() % (min_ring_bytes / 8) * 8, &word, sizeof word);
            }
            ring.head = random() % 3 ? ring.head + random() % 4096 : random();
            ring.arrived = static_cast<std::uint32_t>(random());
            ring.owner = static_cast<std::uint32_t>(random());
        }
        delivered += area.sweep(random() % 120, [&](const RingRecord& record) {
            ASSERT_NE(record.header.kind, RecordKind::Pad);
            ASSERT_LE(record.header.stamp, 120u);
            std::span<const std::byte> rest = record.chunks();
            while (take_chunk(rest)) {}
            ASSERT_TRUE(rest.empty());
        });
        if (area.is_at_gate(0)) area.grant(0);
    }
    EXPECT_GT(delivered, 10'000u);
    EXPECT_GT(area.corrupt(), 10'000u);
}

TEST(Clock, BothAgree) {
    const Clock clock = best_clock();
    const Timebase timebase(clock);
    const std::uint64_t mono = clock_now(Clock::Monotonic);
    const std::uint64_t start = timebase.ns_from_stamp(clock_now(clock));
    usleep(50'000);
    const std::uint64_t mono_passed = clock_now(Clock::Monotonic) - mono;
    const std::uint64_t passed = timebase.ns_from_stamp(clock_now(clock)) - start;
    EXPECT_NEAR(static_cast<double>(passed), static_cast<double>(mono_passed), 200'000 + static_cast<double>(mono_passed) * 0.001);
    EXPECT_EQ(timebase.ns_from_stamp(0), 0u);
}

}  // namespace
}  // namespace ipcscope
