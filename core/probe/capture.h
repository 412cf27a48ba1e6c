// What travels with a record: the bytes that arguments point to, found by their roles. Which arguments have any is known
// when this is compiled, so that a call without bytes pays nothing.
//
// Whose memory is it? The program's, and the pointer may be wild: the kernel would answer EFAULT, and so the probe must not
// fall over it. What a call has filled (BytesOut after a positive result) is readable, the kernel just wrote it. What goes
// in must be read before the call. At a closed gate every such read is made by process_vm_readv, which cannot fault. With
// the gate open no system call may be made; then pointers that cannot be right (the first 64 KiB, the kernel's half) are
// left alone, and the rest is believed. Honest limit: a free-running program that hands another unmapped address to write
// or open gets SIGSEGV under the probe where the kernel would have said EFAULT.
#pragma once

#include <errno.h>

#include <cstring>
#include <type_traits>

#include "core/events/call_table.h"
#include "core/events/event.h"
#include "core/events/message_header.h"
#include "core/probe/state.h"
#include "core/probe/system.h"

namespace ipcscope {

// How memory is read for this record.
struct Reader {
    std::uint32_t limit;     // of a chunk of content; names and structures are not content (they are needed to know what is what)
    std::int32_t pid;
    bool is_careful;
};

struct Extent {
    std::uint32_t true_length = 0;
    std::uint16_t length = 0;
    bool is_there = false;
};

inline bool is_plausible(const void* address) {
    const auto number = reinterpret_cast<std::uintptr_t>(address);
    return number >= 0x10000 && number < 0x0000'8000'0000'0000;
}

// Copies up to `length` bytes; how many could be read. (capture.cpp)
std::size_t copy_carefully(void* to, const void* from, std::size_t length, std::int32_t pid);
std::size_t length_carefully(const char* text, std::size_t limit, std::int32_t pid);
inline std::size_t copy(void* to, const void* from, std::size_t length, const Reader& reader) {
    if (!is_plausible(from)) return 0;
    if (reader.is_careful) return copy_carefully(to, from, length, reader.pid);
    std::memcpy(to, from, length);
    return length;
}

inline Extent extent(std::size_t true_length, std::size_t limit) {
    const std::size_t most = limit < max_capture ? limit : max_capture;
    return {true_length > 0xffffffff ? 0xffffffff : static_cast<std::uint32_t>(true_length),
            static_cast<std::uint16_t>(true_length < most ? true_length : most), true};
}

// Out of line, for the rarer roles. `count` and `bytes` bound what is looked at.
Extent text_extent(const char* text, const Reader& reader);
Extent texts_extent(char* const* texts, const Reader& reader);
void copy_texts(char* to, std::size_t length, char* const* texts, const Reader& reader);
Extent vector_extent(const iovec* pieces, long count, std::size_t bytes, const Reader& reader);
void copy_vector(char* to, std::size_t length, const iovec* pieces, long count, const Reader& reader);
// semctl's values: how many there are only the kernel knows. As many as fit are taken, not beyond the page in which they begin,
// where nothing may be; whoever knows the set's size leaves the rest alone.
Extent values_extent(const void* values);

// struct msghdr, as message_header.h says; `bytes` bounds how many of its buffers' bytes are looked at.
Extent header_extent(const msghdr* message, std::size_t bytes, const Reader& reader);
void copy_header(char* to, std::size_t length, const msghdr* message, const Reader& reader);
// Several of them. `has_lengths`: the call has returned, and msg_len says how many bytes each has.
Extent headers_extent(const mmsghdr* messages, std::uint64_t count, bool has_lengths, const Reader& reader);
void copy_headers(char* to, std::size_t length, const mmsghdr* messages, std::uint64_t count, bool has_lengths, const Reader& reader);
Extent found_extent(addrinfo* const* found, const Reader& reader);
void copy_found(char* to, std::size_t length, addrinfo* const* found, const Reader& reader);

// What pthread_…attr_t say stands in their first bytes (glibc: an int, or two).
constexpr std::size_t attribute_bytes(Role role) {
    switch (role) {
        case Role::MutexAttributes: return sizeof(pthread_mutexattr_t);
        case Role::ConditionAttributes: return sizeof(pthread_condattr_t);
        case Role::ReadWriteLockAttributes: return sizeof(pthread_rwlockattr_t);
        case Role::BarrierAttributes: return sizeof(pthread_barrierattr_t);
        default: return 0;
    }
}

constexpr bool is_captured_in(Role role) {
    return role == Role::Path || role == Role::IpcName || role == Role::MemfdName || role == Role::BytesIn || role == Role::VectorIn || role == Role::Argv || role == Role::ActionIn ||
           role == Role::PollFds || role == Role::TimeIn || role == Role::QueueAttributesIn || role == Role::NotifyIn || role == Role::MessageIn ||
           role == Role::QueueStatus || role == Role::SignalSet || role == Role::TimerIn || role == Role::FcntlValue || attribute_bytes(role) != 0 ||
           role == Role::SetOperations || role == Role::SetValue || role == Role::SegmentStatus ||
           role == Role::AddressIn || role == Role::Space || role == Role::HeaderIn || role == Role::HeadersIn || role == Role::OptionIn || role == Role::OffsetAt || role == Role::FdSet ||
           role == Role::TimevalIn || role == Role::EpollEventIn || role == Role::HostName || role == Role::HintsIn;
}
constexpr bool is_captured_out(Role role) {
    return role == Role::FdPair || role == Role::BytesOut || role == Role::VectorOut || role == Role::PidOut || role == Role::StatusOut ||
           role == Role::ActionOut || role == Role::PollFds || role == Role::TimeOut || role == Role::PriorityOut ||
           role == Role::QueueAttributesOut || role == Role::MessageOut || role == Role::QueueStatus || role == Role::CounterOut ||
           role == Role::TimerOut || role == Role::FcntlValue || role == Role::ValueOut || role == Role::ThreadOut ||
           role == Role::SetValue || role == Role::SegmentStatus ||
           role == Role::AddressOut || role == Role::HeaderOut || role == Role::HeadersOut || role == Role::OptionOut || role == Role::OffsetAt || role == Role::FdSet ||
           role == Role::EpollEventsOut || role == Role::AddressesOut || role == Role::TextOut;
}

// The position of the first argument with this role at or behind `from`; a row that lacks it does not compile.
template <CallId id, std::size_t from, Role role>
inline constexpr std::size_t next_with = [] {
    std::size_t i = from;
    while (row_of(id).argument[i].role != role) ++i;
    return i;
}();

// One call's arguments as words, which is how they stand in the record, and how the capture reads them.
template <CallId id>
struct Arguments {
    static constexpr std::size_t count = row_of(id).argument_count;
    std::uint64_t word[count ? count : 1];

    template <class T>
    T as(std::size_t i) const { return reinterpret_cast<T>(word[i]); }
};

template <class T>
inline std::uint64_t word_from(T value) {
    if constexpr (std::is_pointer_v<T>) return reinterpret_cast<std::uint64_t>(value);
    else return static_cast<std::uint64_t>(static_cast<std::int64_t>(value));
}

template <CallId id>
inline int fcntl_command(const Arguments<id>& arguments) { return static_cast<int>(arguments.word[next_with<id, 0, Role::FcntlCommand>]); }

// How long the kernel says that it is, which may be more than there was room for: as much as fits an address is looked at.
template <CallId id, std::size_t i>
inline Extent space_extent(const Arguments<id>& arguments) {
    const auto* const space = arguments.template as<const socklen_t*>(next_with<id, i, Role::Space>);
    return is_plausible(space) ? extent(*space, most_address_bytes) : Extent{};
}

template <CallId id>
inline Extent fd_set_extent(const Arguments<id>& arguments) {
    const auto limit = static_cast<int>(arguments.word[next_with<id, 0, Role::FdLimit>]);
    return limit > 0 && limit <= FD_SETSIZE ? extent((static_cast<std::size_t>(limit) + 63) / 64 * 8, max_capture) : Extent{};
}

// --- At Enter ---------------------------------------------------------------------------------------

template <CallId id, std::size_t i>
inline Extent extent_in(const Arguments<id>& arguments, const Reader& reader) {
    constexpr Role role = row_of(id).argument[i].role;
    if (!is_plausible(arguments.template as<const void*>(i))) return {};
    if constexpr (role == Role::Path || role == Role::IpcName || role == Role::MemfdName || role == Role::HostName) return text_extent(arguments.template as<const char*>(i), reader);
    else if constexpr (role == Role::BytesIn) return extent(arguments.word[next_with<id, i, Role::Size>], reader.limit);
    else if constexpr (role == Role::VectorIn)
        return vector_extent(arguments.template as<const iovec*>(i), static_cast<long>(arguments.word[next_with<id, i, Role::Count>]), SIZE_MAX, reader);
    else if constexpr (role == Role::Argv) return texts_extent(arguments.template as<char* const*>(i), reader);
    else if constexpr (role == Role::ActionIn) return extent(sizeof(struct sigaction), max_capture);
    else if constexpr (role == Role::TimeIn) return extent(sizeof(timespec), max_capture);
    else if constexpr (role == Role::FcntlValue)
        return is_lock_command(fcntl_command(arguments)) ? extent(sizeof(struct flock), max_capture) : Extent{};
    else if constexpr (role == Role::SignalSet) return extent(sizeof(std::uint64_t), max_capture);    // the kernel's set
    else if constexpr (role == Role::TimerIn) return extent(sizeof(itimerspec), max_capture);
    else if constexpr (role == Role::QueueAttributesIn) return extent(sizeof(mq_attr), max_capture);
    else if constexpr (role == Role::AddressIn || role == Role::OptionIn)
        return extent(static_cast<socklen_t>(arguments.word[next_with<id, i, Role::AddressLength>]), most_address_bytes);
    else if constexpr (role == Role::Space) return extent(sizeof(socklen_t), max_capture);
    else if constexpr (role == Role::HeaderIn) return header_extent(arguments.template as<const msghdr*>(i), SIZE_MAX, reader);
    else if constexpr (role == Role::HeadersIn)
        return headers_extent(arguments.template as<const mmsghdr*>(i), static_cast<unsigned>(arguments.word[next_with<id, i, Role::Count>]), false, reader);
    else if constexpr (role == Role::OffsetAt) return extent(sizeof(off_t), max_capture);
    else if constexpr (role == Role::FdSet) return fd_set_extent(arguments);
    else if constexpr (role == Role::TimevalIn) return extent(sizeof(timeval), max_capture);
    else if constexpr (role == Role::EpollEventIn) return extent(sizeof(epoll_event), max_capture);
    else if constexpr (role == Role::HintsIn) return extent(sizeof(addrinfo), max_capture);
    else if constexpr (role == Role::NotifyIn) return extent(sizeof(sigevent), max_capture);
    else if constexpr (role == Role::MessageIn) return extent(sizeof(long) + arguments.word[next_with<id, i, Role::Size>], sizeof(long) + reader.limit);
    else if constexpr (role == Role::QueueStatus)
        return static_cast<int>(arguments.word[next_with<id, 0, Role::QueueCommand>]) == IPC_SET ? extent(sizeof(msqid_ds), max_capture) : Extent{};
    else if constexpr (attribute_bytes(role) != 0) return extent(attribute_bytes(role), max_capture);
    else if constexpr (role == Role::SetOperations) {
        const std::uint64_t count = arguments.word[next_with<id, i, Role::Count>];
        return extent((count < 65536 ? count : 65536) * sizeof(sembuf), max_capture);
    }
    else if constexpr (role == Role::SetValue) {
        const SetUnion meaning = union_of_semctl(static_cast<int>(arguments.word[next_with<id, 0, Role::SetCommand>]));
        return meaning == SetUnion::ValuesIn   ? values_extent(arguments.template as<const void*>(i))
               : meaning == SetUnion::StatusIn ? extent(sizeof(semid_ds), max_capture)
                                               : Extent{};
    }
    else if constexpr (role == Role::SegmentStatus)
        return static_cast<int>(arguments.word[next_with<id, 0, Role::SegmentCommand>]) == IPC_SET ? extent(sizeof(shmid_ds), max_capture) : Extent{};
    else {
        const std::uint64_t count = arguments.word[next_with<id, i, Role::PollCount>];
        return extent((count < 65536 ? count : 65536) * sizeof(pollfd), max_capture);
    }
}

template <CallId id, std::size_t i>
inline void copy_in(char* to, std::size_t length, const Arguments<id>& arguments, const Reader& reader) {
    constexpr Role role = row_of(id).argument[i].role;
    if constexpr (role == Role::Argv) copy_texts(to, length, arguments.template as<char* const*>(i), reader);
    else if constexpr (role == Role::VectorIn)
        copy_vector(to, length, arguments.template as<const iovec*>(i), static_cast<long>(arguments.word[next_with<id, i, Role::Count>]), reader);
    else if constexpr (role == Role::HeaderIn) copy_header(to, length, arguments.template as<const msghdr*>(i), reader);
    else if constexpr (role == Role::HeadersIn)
        copy_headers(to, length, arguments.template as<const mmsghdr*>(i), static_cast<unsigned>(arguments.word[next_with<id, i, Role::Count>]), false, reader);
    else {
        const std::size_t copied = copy(to, arguments.template as<const void*>(i), length, reader);
        if (copied < length) [[unlikely]] std::memset(to + copied, 0, length - copied);
    }
}

// --- At Exit ----------------------------------------------------------------------------------------

template <CallId id, std::size_t i>
inline Extent extent_out(const Arguments<id>& arguments, std::int64_t result, int error, const Reader& reader) {
    constexpr Role role = row_of(id).argument[i].role;
    if (!is_plausible(arguments.template as<const void*>(i))) return {};
    if constexpr (role == Role::BytesOut) {    // (recv with MSG_TRUNC answers how long the datagram was: more than it got)
        const std::uint64_t room = arguments.word[next_with<id, i, Role::Size>], count = static_cast<std::uint64_t>(result);
        return result > 0 ? extent(count < room ? count : room, reader.limit) : Extent{};
    }
    else if constexpr (role == Role::AddressOut) return result >= 0 ? space_extent<id, i>(arguments) : Extent{};
    else if constexpr (role == Role::OptionOut) return result == 0 ? space_extent<id, i>(arguments) : Extent{};
    else if constexpr (role == Role::HeaderOut)
        return result >= 0 ? header_extent(arguments.template as<const msghdr*>(i), static_cast<std::size_t>(result), reader) : Extent{};
    else if constexpr (role == Role::HeadersOut)
        return result > 0 ? headers_extent(arguments.template as<const mmsghdr*>(i), static_cast<std::uint64_t>(result), true, reader) : Extent{};
    else if constexpr (role == Role::OffsetAt) return result >= 0 ? extent(sizeof(off_t), max_capture) : Extent{};
    else if constexpr (role == Role::FdSet) return result >= 0 ? fd_set_extent(arguments) : Extent{};
    else if constexpr (role == Role::EpollEventsOut) return result > 0 ? extent(static_cast<std::size_t>(result) * sizeof(epoll_event), max_capture) : Extent{};
    else if constexpr (role == Role::AddressesOut) return result == 0 ? found_extent(arguments.template as<addrinfo* const*>(i), reader) : Extent{};
    else if constexpr (role == Role::TextOut) return result == 0 ? text_extent(arguments.template as<const char*>(i), reader) : Extent{};
    else if constexpr (role == Role::VectorOut) {
        const long count = static_cast<long>(arguments.word[next_with<id, i, Role::Count>]);
        return result > 0 ? vector_extent(arguments.template as<const iovec*>(i), count, static_cast<std::size_t>(result), reader) : Extent{};
    }
    else if constexpr (role == Role::CounterOut) return result == 0 ? extent(sizeof(std::uint64_t), max_capture) : Extent{};
    else if constexpr (role == Role::TimerOut) return result == 0 ? extent(sizeof(itimerspec), max_capture) : Extent{};
    else if constexpr (role == Role::PriorityOut) return result >= 0 ? extent(sizeof(unsigned), max_capture) : Extent{};
    else if constexpr (role == Role::QueueAttributesOut) return result == 0 ? extent(sizeof(mq_attr), max_capture) : Extent{};
    else if constexpr (role == Role::MessageOut)
        return result >= 0 ? extent(sizeof(long) + static_cast<std::uint64_t>(result), sizeof(long) + reader.limit) : Extent{};
    else if constexpr (role == Role::QueueStatus) {
        if (result < 0) return {};
        switch (static_cast<int>(arguments.word[next_with<id, 0, Role::QueueCommand>])) {
            case IPC_STAT:
            case MSG_STAT:
            case MSG_STAT_ANY: return extent(sizeof(msqid_ds), max_capture);
            case IPC_INFO:
            case MSG_INFO: return extent(sizeof(msginfo), max_capture);
            default: return {};
        }
    }
    else if constexpr (role == Role::SetValue) {
        if (result < 0) return {};
        const SetUnion meaning = union_of_semctl(static_cast<int>(arguments.word[next_with<id, 0, Role::SetCommand>]));
        return meaning == SetUnion::ValuesOut   ? values_extent(arguments.template as<const void*>(i))
               : meaning == SetUnion::StatusOut ? extent(sizeof(semid_ds), max_capture)
               : meaning == SetUnion::LimitsOut ? extent(sizeof(seminfo), max_capture)
                                                : Extent{};
    }
    else if constexpr (role == Role::SegmentStatus) {
        if (result < 0) return {};
        switch (static_cast<int>(arguments.word[next_with<id, 0, Role::SegmentCommand>])) {
            case IPC_STAT:
            case SHM_STAT:
            case SHM_STAT_ANY: return extent(sizeof(shmid_ds), max_capture);
            case IPC_INFO: return extent(sizeof(shminfo), max_capture);
            case SHM_INFO: return extent(sizeof(shm_info), max_capture);
            default: return {};
        }
    }
    else if constexpr (role == Role::FdPair) return result == 0 ? extent(2 * sizeof(int), max_capture) : Extent{};
    else if constexpr (role == Role::ValueOut) return result == 0 ? extent(sizeof(int), max_capture) : Extent{};
    else if constexpr (role == Role::ThreadOut) return result == 0 ? extent(sizeof(pthread_t), max_capture) : Extent{};
    else if constexpr (role == Role::PidOut) return result == 0 ? extent(sizeof(pid_t), max_capture) : Extent{};
    else if constexpr (role == Role::StatusOut) return result > 0 ? extent(sizeof(int), max_capture) : Extent{};
    else if constexpr (role == Role::ActionOut) return result == 0 ? extent(sizeof(struct sigaction), max_capture) : Extent{};
    else if constexpr (role == Role::FcntlValue)
        return result == 0 && asks_for_lock(fcntl_command(arguments)) ? extent(sizeof(struct flock), max_capture) : Extent{};
    else if constexpr (role == Role::TimeOut) return error == EINTR ? extent(sizeof(timespec), max_capture) : Extent{};
    else {
        const std::uint64_t count = arguments.word[next_with<id, i, Role::PollCount>];
        return result >= 0 ? extent((count < 65536 ? count : 65536) * sizeof(pollfd), max_capture) : Extent{};
    }
}

template <CallId id, std::size_t i>
inline void copy_out(char* to, std::size_t length, const Arguments<id>& arguments, const Reader& reader) {
    constexpr Role role = row_of(id).argument[i].role;
    if constexpr (role == Role::VectorOut)
        copy_vector(to, length, arguments.template as<const iovec*>(i), static_cast<long>(arguments.word[next_with<id, i, Role::Count>]), reader);
    else if constexpr (role == Role::HeaderOut) copy_header(to, length, arguments.template as<const msghdr*>(i), reader);
    else if constexpr (role == Role::HeadersOut) copy_headers(to, length, arguments.template as<const mmsghdr*>(i), UIO_MAXIOV, true, reader);
    else if constexpr (role == Role::AddressesOut) copy_found(to, length, arguments.template as<addrinfo* const*>(i), reader);
    else std::memcpy(to, arguments.template as<const void*>(i), length);
}

}  // namespace ipcscope
