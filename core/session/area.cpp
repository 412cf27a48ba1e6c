#include "core/session/area.h"

#include <cpuid.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

#include <algorithm>
#include <bit>
#include <climits>
#include <utility>

#include "core/events/call_table.h"

namespace ipcscope {

// --- The clock -------------------------------------------------------------------------------------

Clock best_clock() {
    // The kernel uses the TSC as its own clock only where it found it steady and equal on all cores.
    char name[8] = {};
    const int source = open("/sys/devices/system/clocksource/clocksource0/current_clocksource", O_RDONLY | O_CLOEXEC);
    if (source < 0) return Clock::Monotonic;
    const ssize_t length = read(source, name, sizeof name);
    close(source);
    if (length < 4 || memcmp(name, "tsc\n", 4) != 0) return Clock::Monotonic;

    constexpr unsigned power_leaf = 0x80000007, invariant_tsc = 1u << 8;
    unsigned a, b, c, d;
    return __get_cpuid(power_leaf, &a, &b, &c, &d) && (d & invariant_tsc) ? Clock::Tsc : Clock::Monotonic;
}

std::uint64_t clock_now(Clock clock) {
    if (clock == Clock::Tsc) {
        const std::uint64_t now = __rdtsc();
        _mm_lfence();    // a sweep's loads must not be made before its T is known
        return now;
    }
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000u + static_cast<std::uint64_t>(now.tv_nsec);
}

Timebase::Timebase(Clock clock) : clock_(clock), start_(clock_now(clock)) {
    if (clock == Clock::Monotonic) return;
    // Both clocks, twice; of a few tries the one that nothing came between.
    struct Pair {
        std::uint64_t ticks, ns, width;
    };
    const auto read_both = [] {
        Pair best{0, 0, UINT64_MAX};
        for (int i = 0; i < 16; ++i) {
            const std::uint64_t before = __rdtsc();
            const std::uint64_t ns = clock_now(Clock::Monotonic);
            const std::uint64_t after = __rdtsc();
            if (after - before < best.width) best = {before + (after - before) / 2, ns, after - before};
        }
        return best;
    };
    const Pair first = read_both();
    const timespec pause{0, 10'000'000};
    clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, nullptr);
    const Pair last = read_both();
    ns_per_tick_ = static_cast<double>(last.ns - first.ns) / static_cast<double>(last.ticks - first.ticks);
}

std::uint64_t Timebase::ns_from_stamp(std::uint64_t stamp) const {
    if (stamp <= start_) return 0;
    if (clock_ == Clock::Monotonic) return stamp - start_;
    return static_cast<std::uint64_t>(static_cast<double>(stamp - start_) * ns_per_tick_);
}

// --- Records ---------------------------------------------------------------------------------------

namespace {

std::size_t words_before_chunks(const RecordHeader& header) {
    switch (header.kind) {
        case RecordKind::Enter: return 1 + row_of(static_cast<CallId>(header.call)).argument_count;
        case RecordKind::Exit: return 1;
        case RecordKind::Lost: return 1;
        case RecordKind::Pad:
        case RecordKind::Abandoned: break;
    }
    return 0;
}

bool has_call(RecordKind kind) { return kind == RecordKind::Enter || kind == RecordKind::Exit; }

// Is it a record as area.h says, once its size is known to be right?
bool is_sound(const RecordHeader& header, std::span<const std::byte> body) {
    constexpr std::uint8_t known_flags = Flag::Held | Flag::Inside | Flag::Injected | Flag::Cut;
    if (header.flags & ~known_flags) return false;
    if (has_call(header.kind) && !is_call(header.call)) return false;
    const std::size_t fixed = words_before_chunks(header) * sizeof(std::uint64_t);
    if (body.size() < fixed) return false;
    std::span<const std::byte> rest = body.subspan(fixed);
    if (!has_call(header.kind)) return rest.empty();
    const std::uint8_t arguments = row_of(static_cast<CallId>(header.call)).argument_count;
    while (!rest.empty()) {
        const std::optional<Chunk> chunk = take_chunk(rest);
        if (!chunk || chunk->argument >= arguments || chunk->bytes.size() > max_capture) return false;
    }
    return true;
}

}  // namespace

std::span<const std::byte> RingRecord::chunks() const {
    return body.subspan(words_before_chunks(header) * sizeof(std::uint64_t));
}

// --- Making and unmaking ---------------------------------------------------------------------------

Result<Area> Area::create(const AreaOptions& options) {
    if (options.ring_count == 0 || options.ring_count > max_ring_count || !std::has_single_bit(options.ring_bytes) ||
        options.ring_bytes < min_ring_bytes || options.ring_bytes > max_ring_bytes)
        return Failure{"rings must be 1 to 4096, of 64 KiB to 64 MiB each, a power of two"};
    const auto failed = [](const char* what) {
        return Failure{std::string("no memory to share with the program: ") + what + ": " + strerror(errno)};
    };

    Area area;
    area.process_ = options.process;
    area.ring_count_ = options.ring_count;
    area.ring_bytes_ = options.ring_bytes;
    area.mine_.resize(options.ring_count);
    area.descriptor_ = memfd_create("ipcscope-area", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (area.descriptor_ < 0) return failed("memfd_create");
    if (ftruncate(area.descriptor_, static_cast<off_t>(area.size())) < 0) return failed("ftruncate");
    if (fcntl(area.descriptor_, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0) return failed("F_ADD_SEALS");
    void* memory = mmap(nullptr, area.size(), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, area.descriptor_, 0);
    if (memory == MAP_FAILED) return failed("mmap");
    area.memory_ = memory;

    AreaHeader& header = area.header();
    header.magic = area_magic;
    header.version = area_version;
    header.ring_count = options.ring_count;
    header.ring_bytes = options.ring_bytes;
    header.process = options.process;
    header.clock = options.clock;
    area.set_capture_limit(options.capture_limit);
    area.set_gate_closed(options.gate_closed);
    return area;
}

Area::Area(Area&& other) noexcept { *this = std::move(other); }

Area& Area::operator=(Area&& other) noexcept {
    std::swap(memory_, other.memory_);
    std::swap(descriptor_, other.descriptor_);
    std::swap(process_, other.process_);
    std::swap(ring_count_, other.ring_count_);
    std::swap(ring_bytes_, other.ring_bytes_);
    std::swap(gate_closed_, other.gate_closed_);
    std::swap(corrupt_, other.corrupt_);
    std::swap(mine_, other.mine_);
    std::swap(copy_, other.copy_);
    return *this;
}

Area::~Area() {
    close_descriptor();
    if (memory_) munmap(memory_, size());
}

void Area::close_descriptor() {
    if (descriptor_ >= 0) close(descriptor_);
    descriptor_ = -1;
}

// --- The sweep -------------------------------------------------------------------------------------

const std::byte* Area::data(std::uint32_t index) const {
    return static_cast<const std::byte*>(memory_) + data_offset(ring_count_) + std::size_t{index} * ring_bytes_;
}

bool Area::begin(std::uint32_t index, Position& position) {
    position.ring = index;
    position.tid = ring(index).owner.load(std::memory_order_relaxed);
    position.tail = mine_[index].tail;
    position.head = ring(index).head.load(std::memory_order_acquire);
    if (!gate_closed_ && is_at_gate(index)) grant(index);
    const std::uint64_t pending = position.head - position.tail;
    if (static_cast<std::int64_t>(pending) <= 0) return false;
    if (pending <= ring_bytes_ && position.head % 8 == 0) return true;
    skip_corrupt(position);
    finish(position);
    return false;
}

// Copies the next record that is no Pad out of the ring. False: there is none, or none that is old enough.
bool Area::take(Position& position, std::uint64_t until, RingRecord& record) {
    while (position.tail != position.head) {
        const std::uint64_t available = position.head - position.tail;
        const std::uint32_t offset = static_cast<std::uint32_t>(position.tail & (ring_bytes_ - 1));
        const std::byte* const source = data(position.ring) + offset;

        RecordHeader header{};
        memcpy(&header, source, 8);    // a Pad has no more than this
        const std::size_t bytes = std::size_t{header.words} * 8;
        if (bytes == 0 || bytes > available || bytes > ring_bytes_ - offset) return skip_corrupt(position);
        if (header.kind == RecordKind::Pad) {
            position.tail += bytes;
            continue;
        }
        if (header.kind > RecordKind::Lost || bytes < sizeof header) return skip_corrupt(position);
        memcpy(&header.stamp, source + offsetof(RecordHeader, stamp), sizeof header.stamp);
        if (header.stamp > until) return false;

        const std::size_t body_bytes = bytes - sizeof header;
        if (copy_.size() < body_bytes) copy_.resize(std::max<std::size_t>(body_bytes, page_bytes));
        if (body_bytes) memcpy(copy_.data(), source + sizeof header, body_bytes);
        record = {header, position.ring, position.tid, std::span(copy_).first(body_bytes)};
        if (!is_sound(record.header, record.body)) return skip_corrupt(position);
        position.tail += bytes;
        // A writer that waits for room need not wait for the end of the sweep.
        if (position.tail - mine_[position.ring].tail >= ring_bytes_ / 8) finish(position);
        return true;
    }
    return false;
}

bool Area::skip_corrupt(Position& position) {
    ++corrupt_;
    position.tail = position.head & ~std::uint64_t{7};    // records begin at multiples of 8, whatever the other side says
    position.head = position.tail;
    return false;
}

void Area::finish(const Position& position) {
    mine_[position.ring].tail = position.tail;
    ring(position.ring).tail.store(position.tail, std::memory_order_release);
}

// --- The gate --------------------------------------------------------------------------------------

void Area::set_gate_closed(bool closed) {
    gate_closed_ = closed;
    header().gate_closed.store(closed, std::memory_order_release);
    if (closed) return;
    for (std::uint32_t index = 0; index < ring_count_; ++index)
        if (is_at_gate(index)) grant(index);
}

void Area::set_capture_limit(std::uint32_t bytes) {
    header().capture_limit.store(std::min(bytes, max_capture), std::memory_order_relaxed);
}

bool Area::is_at_gate(std::uint32_t index) const {
    return static_cast<std::int32_t>(ring(index).arrived.load(std::memory_order_acquire) - mine_[index].granted) > 0;
}

void Area::grant(std::uint32_t index, Verdict verdict, std::int32_t value) {
    ring(index).verdict_value.store(value, std::memory_order_relaxed);
    ring(index).verdict.store(static_cast<std::uint32_t>(verdict), std::memory_order_relaxed);
    let_through(index, ring(index).arrived.load(std::memory_order_acquire));
}

void Area::let_through(std::uint32_t index, std::uint32_t arrived) {
    mine_[index].granted = arrived;
    ring(index).granted.store(arrived, std::memory_order_release);
    // Not FUTEX_PRIVATE_FLAG: two processes share this word.
    syscall(SYS_futex, &ring(index).granted, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

// --- Threads and their rings -----------------------------------------------------------------------

std::uint32_t Area::owner(std::uint32_t index) const { return ring(index).owner.load(std::memory_order_acquire); }

bool Area::is_drained(std::uint32_t index) const {
    return static_cast<std::int64_t>(ring(index).head.load(std::memory_order_acquire) - mine_[index].tail) <= 0;
}

void Area::free_ring(std::uint32_t index) {
    // The next owner goes on from the same positions; only what its predecessor left standing at the gate is cleared.
    if (is_at_gate(index)) let_through(index, ring(index).arrived.load(std::memory_order_acquire));
    ring(index).owner.store(0, std::memory_order_release);
}

void Area::free_ring_of(std::uint32_t tid) {
    for (std::uint32_t index = 0; index < ring_count_; ++index)
        if (owner(index) == tid) free_ring(index);
}

std::uint64_t Area::progress(std::uint32_t index) const {
    return ring(index).head.load(std::memory_order_acquire) + ring(index).arrived.load(std::memory_order_acquire);
}

std::uint64_t Area::lost() const {
    std::uint64_t sum = 0;
    for (std::uint32_t index = 0; index < ring_count_; ++index) sum += ring(index).lost.load(std::memory_order_relaxed);
    return sum;
}

}  // namespace ipcscope
