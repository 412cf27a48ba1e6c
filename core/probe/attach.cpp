#include "core/probe/attach.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>

#include "core/probe/start.h"
#include "core/probe/system.h"

namespace ipcscope {

char socket_path[sizeof(sockaddr_un::sun_path)];

namespace {

std::uint32_t* generation_page;

int connected_socket() {
    const int fd = static_cast<int>(raw_syscall(SYS_socket, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    if (fd < 0) return fd;
    // A session that hangs must not hang its programs for ever.
    const timeval patience{10, 0};
    raw_syscall(SYS_setsockopt, fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    raw_syscall(SYS_setsockopt, fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, socket_path, sizeof address.sun_path);
    if (raw_syscall(SYS_connect, fd, &address, sizeof address) == 0) return fd;
    raw_syscall(SYS_close, fd);
    return -1;
}

// Sends the hello; returns the memfd that came back, or something negative.
int ask(int socket, const Hello& hello, HelloReply& reply) {
    if (raw_syscall(SYS_sendto, socket, &hello, sizeof hello, MSG_NOSIGNAL, nullptr, 0) != static_cast<long>(sizeof hello)) return -1;
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
    iovec piece{&reply, sizeof reply};
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    const long got = raw_syscall(SYS_recvmsg, socket, &message, MSG_CMSG_CLOEXEC);
    const cmsghdr* const attached = CMSG_FIRSTHDR(&message);
    int fd = -1;
    if (got >= 0 && attached && attached->cmsg_level == SOL_SOCKET && attached->cmsg_type == SCM_RIGHTS) std::memcpy(&fd, CMSG_DATA(attached), sizeof fd);
    const bool is_sound = got == static_cast<long>(sizeof reply) && reply.magic == hello_magic && reply.version == hello_version && reply.area_follows;
    if (is_sound || fd < 0) return fd;
    raw_syscall(SYS_close, fd);
    return -1;
}

bool map_area(int fd, std::uint64_t bytes, MappedArea& area) {
    const long address = raw_syscall(SYS_mmap, nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd, 0);
    if (address < 0 && address > -4096) return false;
    AreaHeader* const header = reinterpret_cast<AreaHeader*>(address);
    if (header->magic == area_magic && header->version == area_version && area_size(header->ring_count, header->ring_bytes) == bytes) {
        area = {header, bytes, header->ring_count, header->ring_bytes};
        return true;
    }
    raw_syscall(SYS_munmap, address, bytes);
    return false;
}

// A program that has used up its descriptors still gets a ring: for the length of the conversation it may have two more.
class RoomForDescriptors {
 public:
    RoomForDescriptors() {
        if (raw_syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, nullptr, &before_) != 0) return;
        rlimit more = before_;
        more.rlim_cur = before_.rlim_max;
        is_raised_ = before_.rlim_cur < before_.rlim_max && raw_syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, &more, nullptr) == 0;
    }
    ~RoomForDescriptors() {
        if (is_raised_) raw_syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, &before_, nullptr);
    }

 private:
    rlimit before_{};
    bool is_raised_ = false;
};

}  // namespace

bool attach(HelloReason reason, std::uint32_t parent_process, std::int32_t parent_pid, MappedArea& area) {
    const SignalsBlocked no_handlers;
    const RoomForDescriptors room;
    const int socket = connected_socket();
    if (socket < 0) return false;
    Hello hello{};
    hello.magic = hello_magic;
    hello.version = hello_version;
    hello.reason = reason;
    hello.pid = static_cast<std::int32_t>(raw_syscall(SYS_getpid));
    hello.tid = static_cast<std::int32_t>(raw_syscall(SYS_gettid));
    hello.parent_pid = parent_pid;
    hello.parent_process = parent_process;
    hello.main_begin = process.main_begin;
    hello.main_end = process.main_end;
    hello.main_bias = process.main_bias;
    HelloReply reply{};
    const int fd = ask(socket, hello, reply);
    raw_syscall(SYS_close, socket);
    if (fd < 0) return false;
    const bool is_mapped = map_area(fd, reply.area_bytes, area);
    raw_syscall(SYS_close, fd);
    return is_mapped;
}

bool attach_process(HelloReason reason, std::uint32_t parent_process, std::int32_t parent_pid) {
    MappedArea area;
    process.area_count = 0;
    std::memset(process.areas, 0, sizeof process.areas);
    process.is_refused = false;
    process.is_observed = attach(reason, parent_process, parent_pid, area);
    if (!process.is_observed) return false;
    process.areas[0] = area;
    process.area_count = 1;
    process.id = area.header->process;
    process.clock = area.header->clock;
    if (++process.last_generation == 0) ++process.last_generation;
    __atomic_store_n(generation_page, process.last_generation, __ATOMIC_RELEASE);
    return true;
}

bool make_generation_page() {
    const long page = raw_syscall(SYS_mmap, nullptr, page_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page < 0 && page > -4096) return false;
    if (raw_syscall(SYS_madvise, page, page_bytes, MADV_WIPEONFORK) != 0) {
        raw_syscall(SYS_munmap, page, page_bytes);
        return false;
    }
    generation_page = reinterpret_cast<std::uint32_t*>(page);
    process.generation = generation_page;
    return true;
}

constinit ProcessState process{};
constinit thread_local ThreadState this_thread{};

namespace {

// This is the child of a fork, with its parent's mappings: they are not ours to write to. A write that a handler interrupted
// before it forked may still be finished into them, so then something must be there.
void leave_parents_areas(bool is_write_open) {
    for (MappedArea& area : process.areas) {
        if (!area.header) continue;
        if (is_write_open)
            raw_syscall(SYS_mmap, area.header, area.bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0);
        else
            raw_syscall(SYS_munmap, area.header, area.bytes);
    }
}

bool claim_in(const MappedArea& area, const ThreadState& thread, Level& level) {
    if (!area.header) return false;
    for (std::uint32_t index = 0; index < area.ring_count; ++index) {
        Ring* const ring = ring_at(area.header, index);
        std::uint32_t nobody = 0;
        if (ring->owner.load(std::memory_order_relaxed) != 0) continue;
        if (!ring->owner.compare_exchange_strong(nobody, static_cast<std::uint32_t>(thread.tid), std::memory_order_acq_rel)) continue;
        level.data = data_at(area.header, index);
        level.header = area.header;
        level.ring_bytes = area.ring_bytes;
        level.is_stalled = false;
        level.tail_seen = ring->tail.load(std::memory_order_acquire);
        handler_fence();
        level.ring = ring;
        return true;
    }
    return false;
}

bool claim(const ThreadState& thread, Level& level) {
    if (thread.has_own_area) return claim_in(thread.own_area, thread, level);
    const std::uint32_t count = __atomic_load_n(&process.area_count, __ATOMIC_ACQUIRE);
    for (std::uint32_t i = 0; i < count && i < max_areas; ++i)
        if (claim_in(process.areas[i], thread, level)) return true;
    if (process.is_refused) return false;
    MappedArea more;
    if (!attach(HelloReason::MoreRings, process.id, thread.pid, more)) {
        process.is_refused = true;
        return false;
    }
    if (!claim_in(more, thread, level)) return false;
    const std::uint32_t slot = __atomic_fetch_add(&process.area_count, 1u, __ATOMIC_ACQ_REL);
    if (slot >= max_areas) {
        process.is_refused = true;     // this thread keeps its ring; nobody else finds the rest of them
        return true;
    }
    process.areas[slot].bytes = more.bytes;
    process.areas[slot].ring_count = more.ring_count;
    process.areas[slot].ring_bytes = more.ring_bytes;
    __atomic_store_n(&process.areas[slot].header, more.header, __ATOMIC_RELEASE);
    return true;
}

void count_lost(ThreadState& thread) {
    thread.level[0].lost += 1;    // told by the thread's next record, if it ever has a ring
    if (AreaHeader* const header = process.areas[0].header) ring_at(header, 0)->lost.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace

Level* find_level(ThreadState& thread) {
    start();
    if (!process.is_observed || thread.is_mute) return nullptr;
    if (*process.generation == 0) {
        // The page was wiped: we are the child of a fork, and alone.
        const SignalsBlocked no_handlers;
        leave_parents_areas(thread.depth > 0);
        if (!attach_process(HelloReason::Fork, process.id, thread.pid)) return nullptr;
    }
    if (thread.generation != *process.generation) {
        std::memset(thread.level, 0, sizeof thread.level);
        thread.has_own_area = false;
        thread.pid = static_cast<std::int32_t>(raw_syscall(SYS_getpid));
        thread.tid = static_cast<std::int32_t>(raw_syscall(SYS_gettid));
        thread.generation = *process.generation;
    }
    if (thread.depth < max_levels) {
        Level& level = thread.level[thread.depth];
        if (level.ring || claim(thread, level)) return &level;
    }
    count_lost(thread);
    return nullptr;
}

}  // namespace ipcscope
