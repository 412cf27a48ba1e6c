// How a process gets its area. At its start (and in the child, after a fork) the probe
//
//   1. connects to the session's UNIX socket (SOCK_SEQPACKET, its path in the environment variable below),
//   2. sends one Hello, with its credentials as the kernel knows them (SO_PASSCRED on the session's side:
//      so the session learns the pid on *its* side, whatever PID namespace the process lives in),
//   3. receives one HelloReply with the area's memfd attached (SCM_RIGHTS),
//   4. maps the area and closes both descriptors.
//
// All of it happens before the program's own next call, so that the program never sees a descriptor of ours.
// If anything fails the program runs on unobserved: the probe never prints, and never ends its host.
#pragma once

#include <cstdint>

namespace ipcscope {

inline constexpr char socket_variable[] = "IPCSCOPE_SOCKET";  // hidden from the program by the probe, like LD_PRELOAD's part
inline constexpr char inside_variable[] = "IPCSCOPE_INSIDE";  // "0": leave libc's own entries alone. Hidden as well
inline constexpr std::uint32_t hello_magic = 0x6c6c6568;      // "hell"(o)
inline constexpr std::uint32_t hello_version = 1;

enum class HelloReason : std::uint32_t {
    Start,      // a new program, in a new process or after execve
    Fork,       // the child of a fork (or of a raw clone) found itself with its parent's area
    Vfork,      // the child of a vfork borrows its parent's memory: this is sent by the child before its first call
    MoreRings,  // the process has more threads than its area has rings
};

struct Hello {
    std::uint32_t magic;
    std::uint32_t version;
    HelloReason reason;
    std::int32_t pid;              // as it sees itself (getpid)
    std::int32_t tid;
    std::int32_t parent_pid;
    std::uint32_t parent_process;  // ProcessId in the area it found itself with, or no_id
    std::uint32_t unused;
    std::uint64_t main_begin;      // where the main program's file is mapped: address of its first byte …
    std::uint64_t main_end;        // … and past its last. What is called from outside is called by a library
    std::uint64_t main_bias;       // load bias: address in memory minus address in the file
};

struct HelloReply {
    std::uint32_t magic;
    std::uint32_t version;
    std::uint32_t process;         // the ProcessId given
    std::uint32_t area_follows;    // 1: one memfd is attached. 0: run on unobserved
    std::uint64_t area_bytes;
};

}  // namespace ipcscope
