"""What strace saw: one list of calls a thread, read from the files that `strace -ff -X raw -xx` writes.

What the loader and the probe do before a program's first own call is left out: everything from an execve to the end of the
probe's hello, and the hello of a forked child (it connects to the session's socket, maps what it gets, closes both).
"""
import pathlib
import re
from dataclasses import dataclass, field

OPTIONS = ["-ff", "-X", "raw", "-xx", "-s", "8192", "-e", "signal=all", "-e", "trace="
           "flock,read,write,readv,writev,pread64,pwrite64,open,openat,creat,close,dup,dup2,dup3,fcntl,lseek,pipe,pipe2,unlink,unlinkat,mmap,munmap,mprotect,msync,memfd_create,ftruncate,"
           "mknod,mknodat,poll,ppoll,fork,vfork,clone,clone3,execve,execveat,wait4,waitid,exit,exit_group,kill,tgkill,tkill,"
           "rt_sigaction,mq_open,mq_unlink,mq_timedsend,mq_timedreceive,mq_notify,mq_getsetattr,msgget,msgsnd,msgrcv,msgctl,semget,semop,semtimedop,semctl,shmget,shmat,shmdt,shmctl,eventfd2,signalfd4,timerfd_create,timerfd_settime,timerfd_gettime,pause,sched_yield,nanosleep,clock_nanosleep,getpid,gettid,getppid,"
           "socket,socketpair,bind,listen,accept,accept4,connect,sendto,recvfrom,sendmsg,recvmsg,sendmmsg,recvmmsg,shutdown,getsockname,getpeername,setsockopt,getsockopt,"
           "sendfile,splice,select,pselect6,epoll_create,epoll_create1,epoll_ctl,epoll_wait,epoll_pwait"]


@dataclass
class Call:
    name: str
    arguments: list = field(default_factory=list)   # texts, as strace wrote them; strings as bytes
    result: int | None = None
    error: str = ""
    line: str = ""
    is_cut: bool = False        # killed in the middle of it: strace never wrote what the call would have filled in
    is_interrupted: bool = False    # by a signal: it is made again after the handler, or answers EINTR, or is jumped away from


@dataclass
class Thread:
    calls: list
    end: str = ""       # "exited 0", "killed SIGPIPE"


LINE = re.compile(r"^(\w+)\((.*)\)\s+= (\?|-?\d+|0x[0-9a-f]+)(?: (\w+) \(.*\)| \(.*\))?$")
NO_RETURN = re.compile(r"^(\w+)\((.*?)(?:\)\s+= \?.*| <unfinished \.\.\.>)$")

INSIDE_FOR_EVER = re.compile(r"^(\w+)\(([^)]*)$")    # killed in the middle of it


def split_arguments(text):
    """Splits at the commas that stand outside of quotes and brackets."""
    parts, depth, quoted, now = [], 0, False, ""
    for character in text:
        if character == '"':
            quoted = not quoted
        elif not quoted and character in "[{(":
            depth += 1
        elif not quoted and character in "]})":
            depth -= 1
        if character == "," and depth == 0 and not quoted:
            parts.append(now.strip())
            now = ""
        else:
            now += character
    if now.strip():
        parts.append(now.strip())
    return parts


def string_from(text):
    """The bytes of "\\x68\\x69" (strace -xx), or None."""
    found = re.match(r'^"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?$', text)
    return bytes.fromhex(found.group(1).replace("\\x", "")) if found else None


def parse(line):
    found = LINE.match(line)
    if found:
        name, arguments, result, error = found.groups()
        value = None if result == "?" else int(result, 0)
        return Call(name, split_arguments(arguments), value, error or "", line)
    found = NO_RETURN.match(line)
    if found:
        return Call(found.group(1), split_arguments(found.group(2)), None, "", line)
    found = INSIDE_FOR_EVER.match(line)
    return Call(found.group(1), split_arguments(found.group(2)), None, "", line, is_cut=True) if found else None


def is_hello(call, socket_path):
    return call.name == "connect" and len(call.arguments) > 1 and socket_path.encode().hex() in call.arguments[1].replace("\\x", "")


RESTARTS = ("ERESTARTSYS", "ERESTARTNOINTR", "ERESTARTNOHAND", "ERESTART_RESTARTBLOCK")

# libc handles these two itself, from the first pthread_create on (nptl(7)).
LIBC_SIGNALS = ("32", "33")

# Allocators, thread stacks and the probe's own start ask for memory, too: such calls may stand between others.
MEMORY = {"mmap", "munmap", "mprotect"}


# What a process asks before its hello is answered: with its parent's area, then with the session's socket and what comes by it.
BEFORE_HELLO = MEMORY | {"getpid", "gettid", "getppid", "socket", "setsockopt", "connect", "sendto", "recvmsg", "close"}


def without_hellos(calls, socket_path):
    """Drops the probe's own calls, and those of the loader (and of the wrapper) before them."""
    kept, position = [], 0
    has_said_hello = False
    is_new = True               # a process, or a program in it, that has not said hello
    while position < len(calls):
        call = calls[position]
        if not is_hello(call, socket_path):
            kept.append(call)
            position += 1
            is_new |= call.name == "execve" and call.result == 0
            continue
        # What went before it: in a new process everything; after an execve what the loader did since.
        if is_new:
            works = [i for i, c in enumerate(kept) if c.name == "execve" and c.result == 0] if has_said_hello else []
            del kept[works[-1] + 1 if works else 0:]
        else:
            kept.pop()          # the socket
        is_new, has_said_hello = False, True
        closed = 0
        while closed < 2 and position + 1 < len(calls):   # the socket and the memfd
            position += 1
            closed += calls[position].name == "close"
        position += 1
        while calls[position:position + 1] and calls[position].name in MEMORY:       # its own memory, when the area is mapped
            position += 1
    # The probe asks once in each new process and thread who it is: getpid, gettid.
    asked = {i for i in range(len(kept) - 1) if kept[i].name == "getpid" and kept[i + 1].name == "gettid"}
    return [call for i, call in enumerate(kept) if i not in asked and call.name != "gettid" and "resumed" not in call.line]


def without_earlier_tries(calls):
    """execvp tries one directory after the other, and the probe tries once more without its part of the environment when that
    is too long: the last try stands for all."""
    def name(call):
        return (string_from(call.arguments[0]) or b"").rpartition(b"/")[2] if call.name == "execve" and call.arguments else None
    return [call for call, after in zip(calls, calls[1:] + [None])
            if not (after and call.name == after.name == "execve" and call.error in ("ENOENT", "E2BIG") and name(call) == name(after))]


def read(prefix, socket_path):
    """{tid: Thread} from the files PREFIX.TID."""
    threads = {}
    for file in sorted(pathlib.Path(prefix).parent.glob(pathlib.Path(prefix).name + ".*")):
        tid = int(file.suffix[1:])
        calls, end = [], ""
        for line in file.read_text(errors="replace").splitlines():
            found = re.match(r"^\+\+\+ (exited with|killed by) (\w+)(?: \(core dumped\))? \+\+\+$", line)
            if found:
                end = ("exited " if found.group(1) == "exited with" else "killed ") + found.group(2)
            elif line.startswith("<... execve resumed>"):    # a thread's execve ends as its leader's
                calls.append(Call("execve", [], 0, "", line))
            elif not line.startswith(("---", "+++")):
                call = parse(line)
                if call is None:
                    raise SystemExit(f"{file}: this line of strace's was not understood: {line}")
                call.is_interrupted = call.error in RESTARTS
                if call.is_interrupted:
                    call.error, call.result = "", None
                if call.name != "rt_sigaction" or call.arguments[0] not in LIBC_SIGNALS:
                    calls.append(call)
        calls = without_earlier_tries(calls)
        threads[tid] = Thread(without_hellos(calls, socket_path), end)
    return threads
