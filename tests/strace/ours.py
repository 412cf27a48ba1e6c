"""What ipcscope saw, as the system calls that it says were made: one list a thread, from `--json` lines.

A table says what each libc function asks of the kernel (glibc 2.36, x86-64): pipe asks pipe2, open asks openat, and so on.
"""
import json
import re
import signal
import struct
from dataclasses import dataclass, field

AT_FDCWD = -100
F_GETLK, F_SETLK, F_SETLKW = 5, 6, 7
F_OFD_GETLK, F_OFD_SETLK, F_OFD_SETLKW = 36, 37, 38
LOCK_COMMANDS = {F_GETLK, F_SETLK, F_SETLKW, F_OFD_GETLK, F_OFD_SETLK, F_OFD_SETLKW}
F_TEST = 3
O_EXCL, O_CREAT, O_TMPFILE, O_NOFOLLOW, O_CLOEXEC = 0o200, 0o100, 0o20200000, 0o400000, 0o2000000


@dataclass
class Wanted:
    names: tuple            # any of these system calls
    arguments: list         # numbers, bytes, a Struct … or None: not compared
    result: int | None
    error: str
    text: str               # for a person
    is_abandoned: bool = False


@dataclass
class Thread:
    calls: list = field(default_factory=list)
    end: str = ""
    is_main: bool = False


def bytes_from(text):
    """The bytes of json_schema's safe text."""
    out, position = bytearray(), 0
    while position < len(text):
        if text[position] == "\\":
            if text[position + 1] == "\\":
                out += b"\\"
                position += 2
            else:
                out.append(int(text[position + 2:position + 4], 16))
                position += 4
        else:
            out += text[position].encode()
            position += 1
    return bytes(out)


def chunks_of(event):
    return {c["argument"]: (bytes_from(c["text"]), c["true_length"]) for c in event.get("chunks", [])}


def ints(data):
    return [int.from_bytes(data[i:i + 4], "little", signed=True) for i in range(0, len(data), 4)]


def wait_status(data):
    if not data:
        return None
    status = ints(data)[0]
    if status & 0x7f == 0:
        return f"exited {status >> 8 & 0xff}"
    if status & 0xff == 0x7f:
        return "stopped"
    return f"killed {signal.Signals(status & 0x7f).name}"


class Call:
    """An Enter with its Exit, easy to ask."""

    def __init__(self, enter, leave):
        self.name = enter["call"]
        self.values = list(enter.get("arguments", {}).values())
        self.given = chunks_of(enter)
        self.got = chunks_of(leave) if leave else {}
        self.result = leave.get("result") if leave and leave["kind"] == "Exit" else None
        self.error = leave.get("error", "") if leave else ""

    def text(self, argument):
        data = self.given.get(argument, (b"", 0))[0]
        return data.rstrip(b"\0")

    def bytes_in(self, argument):
        return self.given.get(argument)

    def bytes_out(self, argument):
        return self.got.get(argument) if self.result is not None and self.result >= 0 else None


def lock_of(c):
    """The fields of fcntl's struct flock, as it was when the call returned (F_GETLK fills it)."""
    data = c.got.get(2, c.given.get(2, (b"", 0)))[0]
    if len(data) < 32:
        return None
    fields = struct.unpack("<hhxxxxqqi", data[:28])
    named = dict(zip(("l_type", "l_whence", "l_start", "l_len", "l_pid"), fields))
    if c.values[1] not in (F_GETLK, F_OFD_GETLK):
        del named["l_pid"]
    return named


SETVAL, SETALL, GETALL, IPC_SET, IPC_STAT, IPC_RMID, IPC_INFO, SEM_STAT, SEM_INFO, SEM_STAT_ANY = 16, 17, 13, 1, 2, 0, 3, 18, 19, 20
SHM_STAT, SHM_INFO, SHM_STAT_ANY = 13, 14, 15
MSG_STAT, MSG_INFO, MSG_STAT_ANY = 11, 12, 13


def permissions(data, is_in):
    """Of the struct ipc_perm that stands first in semid_ds and shmid_ds; what is not told of one that goes in is not compared."""
    key, uid, gid, cuid, cgid, mode = struct.unpack("<iIIIII", data[:24])
    return {"uid": uid, "gid": gid, "mode": mode} | ({} if is_in else {"key": key, "cuid": cuid, "cgid": cgid})


def operations_of(c):
    """semop's array, or the empty one."""
    data = c.given.get(1, (b"", 0))[0]
    return [dict(zip(("sem_num", "sem_op", "sem_flg"), fields)) for fields in struct.iter_unpack("<HhH", data)] or None


def semctl_arguments(c):
    v = c.values
    told = c.given if v[2] == IPC_SET else c.got
    data = told.get(3, (b"", 0))[0]
    if v[2] in (IPC_STAT, SEM_STAT, SEM_STAT_ANY, IPC_SET) and len(data) >= 88:
        status = permissions(data, v[2] == IPC_SET)
        return v[:3] + [status if v[2] == IPC_SET else status | {"sem_nsems": struct.unpack("<Q", data[80:88])[0]}]
    if v[2] in (IPC_INFO, SEM_INFO) and len(data) >= 40:
        names = ("semmap", "semmni", "semmns", "semmnu", "semmsl", "semopm", "semume", "semusz", "semvmx", "semaem")
        return v[:3] + [dict(zip(names, struct.unpack("<10i", data[:40])))]
    return v[:3] + [v[3] if v[2] == SETVAL else None]


def msgctl_arguments(c):
    """Without the command: glibc adds IPC_64 to it."""
    v = c.values
    told = c.given if v[1] == IPC_SET else c.got
    data = told.get(2, (b"", 0))[0]
    if v[1] == IPC_SET and len(data) >= 120:
        return [v[0], None, permissions(data, True)]
    if v[1] in (IPC_STAT, MSG_STAT, MSG_STAT_ANY) and len(data) >= 120:
        names = ("msg_stime", "msg_rtime", "msg_ctime", "msg_cbytes", "msg_qnum", "msg_qbytes", "msg_lspid", "msg_lrpid")
        fields = dict(zip(names, struct.unpack("<qqqQQQii", data[48:104])))
        del fields["msg_cbytes"]                # strace does not say it
        return [v[0], None, permissions(data, False) | fields]
    return [v[0], None, None]


def shmctl_arguments(c):
    v = c.values
    told = c.given if v[1] == IPC_SET else c.got
    data = told.get(2, (b"", 0))[0]
    if v[1] == IPC_SET and len(data) >= 112:
        return v[:2] + [permissions(data, True)]
    if v[1] in (IPC_STAT, SHM_STAT, SHM_STAT_ANY) and len(data) >= 112:
        size, atime, dtime, ctime, cpid, lpid, nattch = struct.unpack("<QqqqiiQ", data[48:96])
        return v[:2] + [permissions(data, False) | {"shm_segsz": size, "shm_atime": atime, "shm_dtime": dtime, "shm_ctime": ctime,
                                                    "shm_cpid": cpid, "shm_lpid": lpid, "shm_nattch": nattch}]
    if v[1] == IPC_INFO and len(data) >= 40:
        return v[:2] + [dict(zip(("shmmax", "shmmin", "shmmni", "shmseg", "shmall"), struct.unpack("<5Q", data[:40])))]
    return v[:2] + [None]


def open_arguments(dirfd, path, flags, mode):
    arguments = [dirfd, path, flags]
    if flags & O_CREAT or flags & O_TMPFILE == O_TMPFILE:
        arguments.append(mode)
    return arguments


def shared_path(c):
    return b"/dev/shm/" + c.text(0).lstrip(b"/")


def semaphore_path(c):
    return b"/dev/shm/sem." + c.text(0).lstrip(b"/")


def sem_open_calls(c):
    """A new one is made under another name first, and then linked (link(2) is not in the comparison); the mapping stands among MEMORY."""
    has_failed = c.error != ""
    if c.values[1] & O_CREAT and c.values[1] & O_EXCL:
        return [(("openat",), None), (("write",), [None, None, 32]), (("unlink",), None)] + [(("close",), None)]
    return [(("openat",), [AT_FDCWD, semaphore_path(c)])] + ([] if has_failed else [(("close",), None)])


def asked_of_the_kernel(c):
    """[(system call names, arguments)] in order; the last one has the call's result."""
    v = c.values
    pair = ints(c.got[0][0]) if 0 in c.got and c.result == 0 else None
    table = {
        "getpid": lambda: [(("getpid",), [])],
        "getppid": lambda: [(("getppid",), [])],
        "fork": lambda: [(("clone", "clone3", "fork"), None)],
        "vfork": lambda: [(("vfork", "clone", "clone3"), None)],
        "execve": lambda: [(("execve",), [c.text(0)])],
        "execv": lambda: [(("execve",), [c.text(0)])],
        "wait": lambda: [(("wait4",), [-1, wait_status(c.got.get(0, (b"",))[0]), 0])],
        "waitpid": lambda: [(("wait4",), [v[0], wait_status(c.got.get(1, (b"",))[0]), v[2]])],
        "wait3": lambda: [(("wait4",), [-1, wait_status(c.got.get(0, (b"",))[0]), v[1]])],
        "wait4": lambda: [(("wait4",), [v[0], wait_status(c.got.get(1, (b"",))[0]), v[2]])],
        "execl": lambda: [(("execve",), [c.text(0)])],
        "execle": lambda: [(("execve",), [c.text(0)])],
        "execvp": lambda: [(("execve",), None)],       # along the PATH
        "execvpe": lambda: [(("execve",), None)],
        "execlp": lambda: [(("execve",), None)],
        # (The probe asks who it is before: the child borrows this memory for a while.)
        "posix_spawn": lambda: [(("getpid",), []), (("clone3", "clone", "vfork"), None)],
        "posix_spawnp": lambda: [(("getpid",), []), (("clone3", "clone", "vfork"), None)],
        "exit": lambda: [],
        "load": lambda: [],      # instructions, no calls
        "store": lambda: [],
        "update": lambda: [],
        "_exit": lambda: [(("exit_group",), [v[0] & 0xffffffff])],
        "_Exit": lambda: [(("exit_group",), [v[0] & 0xffffffff])],
        "pipe": lambda: [(("pipe2",), [pair, 0])],
        "pipe2": lambda: [(("pipe2",), [pair, v[1]])],
        "open": lambda: [(("openat",), open_arguments(AT_FDCWD, c.text(0), v[1], v[2]))],
        "openat": lambda: [(("openat",), open_arguments(v[0], c.text(1), v[2], v[3]))],
        "creat": lambda: [(("creat",), [c.text(0), v[1]])],
        "close": lambda: [(("close",), [v[0]])],
        "dup": lambda: [(("dup",), [v[0]])],
        "dup2": lambda: [(("dup2",), [v[0], v[1]])],
        "dup3": lambda: [(("dup3",), [v[0], v[1], v[2]])],
        "fcntl": lambda: [(("fcntl",), [v[0], v[1]] + ([] if v[1] in (1, 3, 1032) else [lock_of(c) if v[1] in LOCK_COMMANDS else v[2]]))],
        # Permits that are there, and nobody asleep: the kernel is not asked. (futex(2) is not in the comparison.)
        "sem_open": lambda: sem_open_calls(c), "sem_close": lambda: [], "sem_unlink": lambda: [(("unlink",), [semaphore_path(c)])],
        "sem_init": lambda: [], "sem_destroy": lambda: [], "sem_getvalue": lambda: [], "sem_post": lambda: [],
        "sem_wait": lambda: [], "sem_trywait": lambda: [], "sem_timedwait": lambda: [], "sem_clockwait": lambda: [],
        "pthread_create": lambda: [(("clone3", "clone"), None)],
        "sched_yield": lambda: [(("sched_yield",), [])],
        "flock": lambda: [(("flock",), [v[0], v[1]])],
        "lockf": lambda: [(("fcntl",), [v[0], (F_SETLK, F_SETLKW, F_SETLK, F_GETLK)[v[1]],
                                        {"l_whence": 1, "l_start": 0} if v[1] == F_TEST else
                                        {"l_type": 2 if v[1] == 0 else 1, "l_whence": 1, "l_start": 0, "l_len": v[2]}])],
        "lseek": lambda: [(("lseek",), [v[0], v[1], v[2]])],
        "unlink": lambda: [(("unlink",), [c.text(0)])],
        "mmap": lambda: [(("mmap",), [v[0] or None, v[1], v[2], v[3], v[4], v[5]])],
        "munmap": lambda: [(("munmap",), [v[0], v[1]])],
        "mprotect": lambda: [(("mprotect",), [v[0], v[1], v[2]])],
        "msync": lambda: [(("msync",), [v[0], v[1], v[2]])],
        "memfd_create": lambda: [(("memfd_create",), [c.text(0), v[1]])],
        "shm_open": lambda: [(("openat",), open_arguments(AT_FDCWD, shared_path(c), v[1] | O_NOFOLLOW | O_CLOEXEC, v[2]))],
        "shm_unlink": lambda: [(("unlink",), [shared_path(c)])],
        "ftruncate": lambda: [(("ftruncate",), [v[0], v[1]])],
        "mkfifo": lambda: [(("mknodat",), [AT_FDCWD, c.text(0), 0o010000 | v[1]])],
        "read": lambda: [(("read",), [v[0], c.bytes_out(1), v[2]])],
        "write": lambda: [(("write",), [v[0], c.bytes_in(1), v[2]])],
        "readv": lambda: [(("readv",), [v[0], None, v[2]])],
        "writev": lambda: [(("writev",), [v[0], None, v[2]])],
        "pread": lambda: [(("pread64",), [v[0], c.bytes_out(1), v[2], v[3]])],
        "pwrite": lambda: [(("pwrite64",), [v[0], c.bytes_in(1), v[2], v[3]])],
        "mq_open": lambda: [(("mq_open",), [c.text(0)[1:], v[1]] + ([v[2]] if v[1] & O_CREAT else []))],    # the kernel wants no "/"
        "mq_close": lambda: [(("close",), [v[0]])],
        "mq_unlink": lambda: [(("mq_unlink",), [c.text(0)[1:]])],
        "mq_send": lambda: [(("mq_timedsend",), [v[0], c.bytes_in(1), v[2], v[3]])],
        "mq_timedsend": lambda: [(("mq_timedsend",), [v[0], c.bytes_in(1), v[2], v[3]])],
        "mq_receive": lambda: [(("mq_timedreceive",), [v[0], c.bytes_out(1), v[2]])],
        "mq_timedreceive": lambda: [(("mq_timedreceive",), [v[0], c.bytes_out(1), v[2]])],
        "mq_notify": lambda: [(("mq_notify",), [v[0]])],
        "mq_getattr": lambda: [(("mq_getsetattr",), [v[0]])],
        "mq_setattr": lambda: [(("mq_getsetattr",), [v[0]])],
        "ftok": lambda: [],    # a stat, and arithmetic
        "msgget": lambda: [(("msgget",), v)],
        "msgsnd": lambda: [(("msgsnd",), [v[0], None, v[2], v[3]])],
        "msgrcv": lambda: [(("msgrcv",), [v[0], None, v[2], v[3], v[4]])],
        "msgctl": lambda: [(("msgctl",), msgctl_arguments(c))],
        "eventfd": lambda: [(("eventfd2",), [v[0], v[1]])],
        "eventfd_read": lambda: [(("read",), [v[0], c.bytes_out(1), 8])],
        "eventfd_write": lambda: [(("write",), [v[0], None, 8])],
        "signalfd": lambda: [(("signalfd4",), [v[0], None, 8, v[2]])],
        "timerfd_create": lambda: [(("timerfd_create",), [v[0], v[1]])],
        "timerfd_settime": lambda: [(("timerfd_settime",), [v[0], v[1]])],
        "timerfd_gettime": lambda: [(("timerfd_gettime",), [v[0]])],
        "semget": lambda: [(("semget",), v)],
        "semop": lambda: [(("semtimedop", "semop"), [v[0], operations_of(c), v[2]])],
        "semtimedop": lambda: [(("semtimedop",), [v[0], operations_of(c), v[2]])],
        "semctl": lambda: [(("semctl",), semctl_arguments(c))] if v[2] <= SEM_STAT_ANY else [],    # libc refuses what it does not know
        "shmget": lambda: [(("shmget",), v)],
        "shmat": lambda: [(("shmat",), [v[0], v[1] or None, v[2]])],
        "shmdt": lambda: [(("shmdt",), [v[0]])],
        "shmctl": lambda: [(("shmctl",), shmctl_arguments(c))],
        "socket": lambda: [(("socket",), v)],
        "socketpair": lambda: [(("socketpair",), v[:3])],
        "bind": lambda: [(("bind",), [v[0], None, v[2]])],
        "listen": lambda: [(("listen",), v)],
        "accept": lambda: [(("accept",), [v[0]])],
        "accept4": lambda: [(("accept4",), [v[0], None, None, v[3]])],
        "connect": lambda: [(("connect",), [v[0], None, v[2]])],
        "send": lambda: [(("sendto",), [v[0], c.bytes_in(1), v[2], v[3]])],
        "sendto": lambda: [(("sendto",), [v[0], c.bytes_in(1), v[2], v[3]])],
        "sendmsg": lambda: [(("sendmsg",), [v[0], None, v[2]])],
        "sendmmsg": lambda: [(("sendmmsg",), [v[0], None, v[2], v[3]])],
        "recvmmsg": lambda: [(("recvmmsg",), [v[0], None, v[2], v[3]])],
        "recv": lambda: [(("recvfrom",), [v[0], c.bytes_out(1), v[2], v[3]])],
        "recvfrom": lambda: [(("recvfrom",), [v[0], c.bytes_out(1), v[2], v[3]])],
        "recvmsg": lambda: [(("recvmsg",), [v[0], None, v[2]])],
        "shutdown": lambda: [(("shutdown",), v)],
        "getsockname": lambda: [(("getsockname",), [v[0]])],
        "getpeername": lambda: [(("getpeername",), [v[0]])],
        "setsockopt": lambda: [(("setsockopt",), v[:3])],
        "getsockopt": lambda: [(("getsockopt",), v[:3])],
        "sendfile": lambda: [(("sendfile",), [v[0], v[1], None, v[3]])],
        "splice": lambda: [(("splice",), [v[0], None, v[2], None, v[4], v[5]])],
        "ppoll": lambda: [(("ppoll",), [None, v[1]])],
        "select": lambda: [(("select", "pselect6"), [v[0]])],
        "pselect": lambda: [(("pselect6",), [v[0]])],
        "epoll_create": lambda: [(("epoll_create", "epoll_create1"), None)],
        "epoll_create1": lambda: [(("epoll_create1",), v)],
        "epoll_ctl": lambda: [(("epoll_ctl",), v[:3])],
        "epoll_wait": lambda: [(("epoll_wait", "epoll_pwait"), [v[0], None, v[2], v[3]])],
        "epoll_pwait": lambda: [(("epoll_pwait",), [v[0], None, v[2], v[3]])],
        "poll": lambda: [(("poll",), [None, v[1], v[2]])],
        "kill": lambda: [(("kill",), [v[0], v[1]])],
        "raise": lambda: [(("getpid",), []), (("tgkill",), [None, None, v[0]])],
        "signal": lambda: [(("rt_sigaction",), [v[0]])],
        "sigaction": lambda: [(("rt_sigaction",), [v[0]])],
        "pause": lambda: [(("pause",), [])],
        "sleep": lambda: [(("clock_nanosleep",), [0, 0])],
        "usleep": lambda: [(("clock_nanosleep",), [0, 0])],
        "nanosleep": lambda: [(("clock_nanosleep",), [0, 0])],
    }
    # Of what lies in memory the kernel hears by futex(2) only.
    return [] if c.name.startswith("pthread_") and c.name not in table else table[c.name]()


# Functions whose result is not the system call's own.
OWN_RESULT = {"sem_open", "pthread_create", "posix_spawn", "posix_spawnp", "signal", "sleep", "raise", "ftok", "eventfd_read", "eventfd_write"}


def read(lines):
    """({tid: Thread}, {tid of processes that the probe is not in}, {pid: end} of those that ended before they said a word) from
    JSON lines; others than events are passed over."""
    events = [e for e in (json.loads(line) for line in lines if line.startswith("{")) if "kind" in e]
    by_index = {e["index"]: e for e in events}
    tid_of, pid_of, threads, unseen, stillborn = {}, {}, {}, set(), {}
    for event in events:
        kind = event["kind"]
        if kind == "Born":
            pid_of[event["process"]] = event["values"][0]
        elif kind == "Image" and event["values"][0] == 1:
            unseen.add(pid_of[event["process"]])
        elif kind == "ThreadBorn":
            tid = event["values"][0]
            tid_of[event["thread"]] = tid
            threads[tid] = Thread(is_main=tid == pid_of[event["process"]])
        elif kind == "Enter" and "Injected" not in event.get("flags", []):
            pair = by_index.get(event.get("pair"))
            call = Call(event, pair)
            wanted = asked_of_the_kernel(call)
            for position, (names, arguments) in enumerate(wanted):
                last = position == len(wanted) - 1
                own = call.name in OWN_RESULT or not last
                threads[tid_of[event["thread"]]].calls.append(
                    Wanted(names, arguments, None if own else call.result, "" if own else call.error,
                           f"{call.name}({', '.join(map(str, call.values))}) = {call.result} {call.error}".rstrip(),
                           bool(pair) and pair["kind"] == "Abandoned"))
        elif kind == "Ended":
            pid = pid_of[event["process"]]
            status = event["values"][0]
            end = "" if status == -1 else wait_status((status & 0xffffffff).to_bytes(4, "little"))
            if pid in threads:
                threads[pid].end = end
            elif pid not in unseen:
                stillborn[pid] = end
    return threads, unseen, stillborn


def number_from(text):
    """A number as strace -X raw writes one (octal, hexadecimal, `0x1200000|17`), or None."""
    if "|" in text:
        parts = [number_from(part) for part in text.split("|")]
        return None if None in parts else sum(parts)
    if re.fullmatch(r"-?\d+", text):
        return int(text, 8) if re.fullmatch(r"0\d+", text) else int(text)
    return int(text, 16) if re.fullmatch(r"0x[0-9a-f]+", text) else None
