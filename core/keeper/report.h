// What the keeper and the session say to each other, over a SOCK_SEQPACKET pair, one struct a packet. The kernel adds
// the sender's pid as the session's side sees it (SO_PASSCRED): so pids inside a PID namespace need no translation.
//
//   keeper  Wire                     a host only: its TUN device, as SCM_RIGHTS, or why there is none
//   keeper  Ready                    namespaces are made, or could not be
//   child   Starting                 the program's process, just before its execve; it waits for one Go
//   session                          Go
//   keeper  Started | Failed         the execve went well, or did not
//   keeper  Reaped …                 each process whose end nobody else took
//   session                          Stop (or it is gone: end of file)
//   keeper  AllGone                  no descendant is left; the keeper ends when the session is gone, too
#pragma once

#include <cstdint>

namespace ipcscope {

enum class KeeperSays : std::uint32_t { Wire, Ready, Starting, Started, Failed, Reaped, AllGone };

struct KeeperReport {
    KeeperSays what;
    std::int32_t pid;      // Starting, Reaped: as it sees itself
    std::int32_t status;   // Wire: 0 or errno. Ready: 0 if private, else the errno of what was refused. Failed: errno. Reaped: wait status
    std::int32_t at;       // Failed: FailedAt. Wire: 0, or the errno of why it has no IPv6
};

enum class FailedAt : std::int32_t { Directory, Program };
enum class SessionSays : std::uint32_t { Go, Stop };

// The keeper's argument vector: keeper RUN_DIRECTORY SESSION_PID FLAGS NETWORK_OF HOST WORKING_DIRECTORY PROGRAM ARGV0 [ARGV1 …]
// FLAGS: 'p' private namespaces, 'n' a network among them, 't' descriptor 0 becomes the controlling terminal, 'k' the run directory is
// kept (another keeper's run goes on in it), '-' none of these. NETWORK_OF: the pid of the keeper whose network is
// shared, or 0. HOST: "", or as wire_end.h says.
inline constexpr int keeper_control = 3;   // the descriptor of its end of the pair; 0-2 are the program's

}  // namespace ipcscope
