// Facts: the kernel's own word, read by the session whenever the system is quiescent (and at births and ends), kept in
// the trace as events of kind Fact, so that a recording carries its witnesses with it. The model is compared with them
// (core/model/witness.h); it is never built from them, but for Found descriptors.
//
// Event::value[0] is the kind; process and thread are set where they apply; chunk 0 is a text.
#pragma once

#include <cstdint>

namespace ipcscope {

enum class FactKind : std::int64_t {
    ThreadState,      // [1] = state letter of /proc/PID/task/TID/stat (R S D T Z X), [2] = system call number of
                      //       /proc/…/syscall, -1 if running, -2 if not readable, [3] = its first argument.            text = wchan ("" if not readable)
    ProcessState,     // [1] = state letter of /proc/PID/stat, 0 if the process is gone. [2] = pid as shown in the path of the source
    Descriptor,       // [1] = number, [2] = flags as open(2) has them (with O_CLOEXEC), [3] = offset, [4] = inode, [5] = st_mode.
                      //                                                              text = the link, "pipe:[48812]" or a path
    DescriptorCount,  // [1] = how many descriptors /proc/PID/fd lists: what was not named above is not there
    PipeBytes,        // [1] = inode, [2] = FIONREAD, [3] = F_GETPIPE_SZ (-1 if not readable), [4] = bytes in the text's source.
                      //                              text = the bytes themselves, by tee(2), which takes nothing out
    Mapping,          // a shared mapping, of a process that has made one. [1] = address, [2] = length, [3] = offset in the object,
                      //       [4] = inode, [5] = PROT_… (/proc/PID/maps).              text = the path there
    MappingCount,     // [1] = how many shared mappings /proc/PID/maps lists: what was not named above is not there
    Memory,           // bytes of the process's memory, by process_vm_readv(2): of its mappings, and where calls were told that
                      //       something lies. Only when they are not as last time. [1] = address.   text = the bytes
    FileLock,         // a line of /proc/locks: [1] = inode, [2] = LockWord bits, [3] = first byte, [4] = last (INT64_MAX: to the end of the
                      //       file), [5] = pid as shown (-1: an open file's). process = whose pid that is, if it is of this run. text = the line
    FileLockCount,    // [1] = how many lines there are about files of this run: what was not named above is not there
    SameOpenFile,     // [1] = descriptor, [2] = ProcessId, [3] = descriptor there: kcmp(2) says they share one open file
    StdioBuffer,      // [1] = bytes that libc's buffer of standard output holds, in the process's own memory. text = the first of them
    Parent,           // [1] = pid of its parent on this machine (/proc/PID/stat), [2] = the same as the programs see it (NSpid)
    // What has its own kind of name. No process is set, but where a descriptor tells. -errno stands where the object is not there
    // (any more).
    MessageQueue,     // [1] = descriptor it was asked by, -1: by its name; [2] = mq_curmsgs or -errno, [3] = mq_maxmsg << 32 | mq_msgsize,
                      // [4] = QSIZE of its file: bytes in it, -1 if not readable, [5] = NOTIFY_PID.   text = the name, "/q"; by
                      //                                                              descriptor the link, "mqueue:/q (deleted)"
    SharedMemoryName, // of a file in /dev/shm: [1] = its size or -errno, [2] = inode, [3] = 1: of a semaphore (sem.NAME).  text = the name, "/m"
    SysVQueue,        // [1] = id, [2] = key, [3] = msg_qnum or -errno, [4] = bytes in it, [5] = msg_qbytes.  text = "lspid 3, lrpid 4"
    SysVMessage,      // [1] = id, [2] = its place (0 is the oldest), [3] = type, [4] = true length. text = its bytes, by MSG_COPY, which takes nothing out
    SysVSemaphores,   // [1] = id, [2] = key, [3] = sem_nsems or -errno. One SysVSemaphore follows for each:
    SysVSemaphore,    // [1] = id, [2] = number, [3] = GETVAL, [4] = GETNCNT << 32 | GETZCNT, [5] = GETPID
    SysVMemory,       // [1] = id, [2] = key, [3] = shm_segsz or -errno, [4] = shm_nattch, [5] = shm_cpid << 32 | shm_lpid.  text = "SHM_DEST" if
                      //                                                              it goes with the last attachment
    EventFile,        // an eventfd, signalfd or timerfd, by its descriptor's fdinfo: [1] = descriptor, [2] = count | sigmask | ns until it
                      // expires, [3] = 0 | pending signals of the process and its main thread | interval in ns, [4] = expirations not yet read
    Socket,           // of a descriptor: [1] = its number, [2] = family << 32 | type << 16 | protocol, [3] = state as tcp(7) counts them
                      // (TCP_LISTEN … for all families), -1 if not readable, [4] = Recv-Q, [5] = Send-Q: bytes not yet read, bytes not yet
                      // sent; of a listener connections not yet accepted, and its backlog.   text = its own address and its peer's,
                      //                                      each a struct sockaddr behind a 32-bit length (0: none)
    Peer,             // of a socket whose other end somebody outside of the run has open, in the same network: [1] = descriptor,
                      // [2] = pid of who has it, on this machine; 0: not readable, [3] = uid of that socket.   text = its name (/proc/PID/comm)
    KernelSockets,    // of the run's own network, or of a host's, once an IP socket was made: [1] = how many TCP sockets no process has
                      // open (sock_diag(7): inode 0), [2] = the host, 0: there are none. One KernelSocket follows for each:
    KernelSocket,     // [1] = family, [2] = state as tcp(7) counts them, [3] = Recv-Q << 32 | Send-Q, [4] = timer (TimerWord) << 32 | ms until it
                      // goes off, [5] = host << 32 | retransmissions.   text = its address and its peer's, as of Socket
    TcpNumbers,       // of a TCP connection's descriptor (TCP_INFO): [1] = its number, [2] = congestion window in segments << 32 | bytes of a
                      // segment, [3] = round trip in µs << 32 | retransmission timeout in µs, [4] = segments sent again in all << 32 |
                      // segments on their way
    Count,
};

// How a FileLock fact says which kind of lock it is.
struct LockWord {
    static constexpr std::int64_t Whole = 0, Record = 1, OpenFile = 2;   // FLOCK, POSIX, OFDLCK
    static constexpr std::int64_t KindMask = 3;
    static constexpr std::int64_t Exclusive = 4;                         // WRITE
    static constexpr std::int64_t Waits = 8;                             // "->": somebody sleeps for it
};

// The timer of a KernelSocket fact (inet_diag's idiag_timer).
struct TimerWord {
    static constexpr std::int64_t None = 0, Retransmission = 1, KeepAlive = 2, TimeWait = 3, ZeroWindowProbe = 4;
};

}  // namespace ipcscope
