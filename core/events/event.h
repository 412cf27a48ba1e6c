// The one type. Whoever has read this file has read half the program.
//
// An event is one thing that happened: a call entered, a call returned, a process born or ended, a
// fact read from the kernel. Everything that ipcscope shows, saves, tests or exports is made of
// events, in one order, in one trace (core/trace). An event is fixed size and flat; bytes that
// travel with it (a path, what was written, what was read) lie in the trace's payload as chunks.
//
// Order: Enter(cause) comes before Exit(effect), always. See core/session for how that is kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>

namespace ipcscope {

// Identities are given out by the session, in order of birth, and never reused: the kernel reuses
// pids, tids and descriptor numbers, so such a number is never an identity by itself.
using ProcessId = std::uint32_t;
using ThreadId = std::uint32_t;
using EventIndex = std::uint32_t;  // position in the trace
inline constexpr std::uint32_t no_id = 0xffffffffu;

enum class EventKind : std::uint8_t {
    Enter,        // a call was entered.  site, value[] = arguments as the table says, chunks of "in" arguments.
                  //   with Flag::Held it stands at the gate and nothing has happened yet: Granted follows.
    Granted,      // the call held at the gate was let go (the cause is folded here). thread says whose.
    Exit,         // the call returned.   value[0] = result, error = errno or 0, chunks of "out" arguments. pair = its Enter.
    Abandoned,    // the call will never return (siglongjmp, or the thread ended inside it). pair = its Enter.
    Born,         // a process exists.    value[0] = pid as it sees itself, [1] = pid on this machine, [2] = parent's
                  //   ProcessId or no_id, [3] = how (BirthHow), [4] = its host. chunk 0 = executable path, chunk 1 = argv (NUL-separated).
    Image,        // execve succeeded: a new program in the same process. chunks as for Born. value[0] = 1 if the probe
                  //   is not in it (static, set-user-ID …): it is not seen.
    ThreadBorn,   // value[0] = tid as it sees itself, [1] = tid on this machine
    ThreadEnded,
    Ended,        // a process ended.     value[0] = wait status as waitpid(2) gives it, or -1 if nobody could read it yet
    Asleep,       // the kernel says: this thread sleeps inside its current call. chunk 0 = wchan, if known
    Awake,        // the kernel says: no longer
    Quiet,        // every thread is at the gate, asleep or ended: a step is over.  value[0] = number of the step (1, 2, …)
    Found,        // a descriptor that no call explains (inherited at the start, or opened where the probe cannot see).
                  //   value[0] = descriptor, [1] = open(2) flags from fdinfo, [2] = offset, [3] = inode, [4] = st_mode,
                  //   [5] = an open file already known to be the same one (kcmp), as (process << 32 | descriptor), or -1.
                  //   chunk 0 = the link in /proc/PID/fd
    Fact,         // a witness: the kernel's own word. value[0] = FactKind, the rest by kind (fact.h). chunk 0 = text
    Output,       // bytes that came out of the programs' terminal. chunk 0
    Unseen,       // calls that the kernel counted and the probe did not see. value[0] = reads, [1] = writes, [2] = bytes read, [3] = bytes written
    Lost,         // value[0] events were lost here, value[1] = why (LossReason)
    Note,         // chunk 0 = a sentence for the user, about this process (or the run, when process is no_id)
    // Hosts and the wire between them. A host is named by its number: 1, 2, …; 0 is this machine, or nobody.
    Host,         // a host is there.     value[0] = its number, [1] = its MTU, 0: no wire goes to it.
                  //   chunk 0 = its name, chunk 1 = its addresses, "192.0.2.1/24 2001:db8::1/64"
    Packet,       // an IP packet left a host and is on the wire. value[0] = its number (1, 2, …), [1] = host it left, [2] = host it goes to
                  //   (0: nobody has that address), [3] = 1: held until the learner decides. thread = who caused it, if somebody's call did; pair = that
                  //   call's Enter. chunk 0 = the packet, from its IP header on
    Carried,      // … and what became of it. value[0] = its number, [1] = PacketFate, [2] = host that it was handed to (0: none).
                  //   chunk 0 = the packet as it was handed over, where that is not as it left
    WireSet,      // the wire's rules from now on. value[0] = latency, one way, in microseconds, [1] = bytes a second, each way (0: as fast as it
                  //   goes), [2] = one packet in so many is lost (0: none), [3] = host whose cable is pulled (0: of none, every_host: of all)
};
inline constexpr EventKind last_event_kind = EventKind::WireSet;
inline constexpr std::uint32_t every_host = 0xffffffffu;

enum class PacketFate : std::uint8_t {
    Delivered,
    Dropped,        // by the learner or a rule
    Duplicated,     // one copy was handed over; the packet itself is still on the wire
    Corrupted,      // handed over with a byte changed
    Unroutable,     // nobody has that address
    Repeated,       // the very same one waits on the wire already: its kernel has sent it again, and one of the two is enough
    Severed,        // the cable is pulled
};

enum class BirthHow : std::uint8_t { Launched, Forked, Vforked, Spawned, Unknown };
enum class LossReason : std::uint8_t { RingFull, Corrupt, Abandoned, ProcessDied };

struct Flag {
    static constexpr std::uint8_t Held = 1;      // Enter: stands at the gate
    static constexpr std::uint8_t Inside = 2;    // made by a library (libc itself included), not by the program's own code
    static constexpr std::uint8_t Injected = 4;  // made in that process by ipcscope, because the learner asked for it
    static constexpr std::uint8_t Cut = 8;       // a chunk is shorter than the true bytes
};

// 96 bytes, trivially copyable; this is also the record of a saved trace (little-endian).
struct Event {
    std::uint64_t stamp = 0;          // nanoseconds since the run began
    ProcessId process = no_id;
    ThreadId thread = no_id;
    EventKind kind = EventKind::Note;
    std::uint8_t flags = 0;
    std::uint16_t call = 0;           // CallId; for Enter, Exit, Abandoned, Granted, Asleep
    std::int32_t error = 0;           // errno of a failed call
    std::uint64_t site = 0;           // Enter: return address in the program, as an address in the file (ELF virtual address) when
                                      // Flag::Inside is not set
    std::int64_t value[6] = {};
    std::uint64_t payload = 0;        // where its chunks begin in the trace's payload, bytes
    std::uint32_t payload_size = 0;   // bytes of chunks, headers and padding included
    EventIndex pair = no_id;          // Enter <-> its Exit or Abandoned; Granted -> its Enter; Asleep -> its Enter
};
static_assert(sizeof(Event) == 96);

// Bytes that travel with an event: for an argument of a call, or a text. A payload is a row of chunks,
// each padded to 8 bytes. The same layout is used in the rings, so that nothing is converted.
struct ChunkHeader {
    std::uint32_t true_length;   // bytes there really were
    std::uint16_t length;        // bytes that follow (at most the capture limit)
    std::uint8_t argument;       // which argument (0-5), or the chunk number for other kinds
    std::uint8_t unused;
};
static_assert(sizeof(ChunkHeader) == 8);

struct Chunk {
    std::uint8_t argument = 0;
    std::uint32_t true_length = 0;
    std::span<const std::byte> bytes;
};

constexpr std::size_t chunk_size(std::size_t length) { return sizeof(ChunkHeader) + ((length + 7) & ~std::size_t{7}); }

// Takes the first chunk off `payload`. Nothing if there is none, or if what is there is no chunk
// (payloads may come from a damaged ring or file). Reads each header once.
inline std::optional<Chunk> take_chunk(std::span<const std::byte>& payload) {
    ChunkHeader header;
    if (payload.size() < sizeof header) return std::nullopt;
    std::memcpy(&header, payload.data(), sizeof header);
    const std::size_t size = chunk_size(header.length);
    if (size > payload.size() || header.length > header.true_length) return std::nullopt;
    Chunk chunk{header.argument, header.true_length, payload.subspan(sizeof header, header.length)};
    payload = payload.subspan(size);
    return chunk;
}

}  // namespace ipcscope
