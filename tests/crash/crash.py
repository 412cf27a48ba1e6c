#!/usr/bin/env python3
"""Lessons are killed (SIGKILL) at random moments: ipcscope itself, its keeper, a program, several of them. Then nothing of
them may be left: no process, shared memory, queue, semaphore, FIFO, file, mount, network device, port that listens. (When the keepers are killed, too, nobody is
there to remove the run's own directory, and what is listed in it. The next run does it.)

    crash.py IPCSCOPE ROUNDS [SEED [LESSON...]]

What is left is found by looking at the machine before and after; each round's run carries a mark in its environment, by
which its processes are told from everybody else's.
"""
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

MARK = "IPCSCOPE_CRASH_MARK"
PATIENCE = 10          # seconds until everything must be gone
LONGEST_LIVES = (0.35, 1.5)    # seconds; a lesson played at full speed takes about so long, one with hosts or on a busy machine longer


def marked_processes(mark):
    """All processes with the mark, but zombies (somebody else will reap them): {pid: name of the program}"""
    wanted = f"{MARK}={mark}".encode()
    found = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/environ", "rb") as file:
                if wanted not in file.read().split(b"\0"):
                    continue
            with open(f"/proc/{name}/stat") as file:
                if file.read().rpartition(")")[2].split()[0] in "ZX":
                    continue
            found[int(name)] = os.path.basename(os.readlink(f"/proc/{name}/exe"))
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            pass
    return found


def listing(path):
    return {f"{path}/{name}" for name in os.listdir(path)} if os.path.isdir(path) else set()


def system_v(kind):
    with open(f"/proc/sysvipc/{kind}") as file:
        return {f"System V {kind} {line.split()[1]}" for line in file.readlines()[1:]}


def listeners():
    """TCP ports of this machine on which somebody listens."""
    found = set()
    for table in ("tcp", "tcp6"):
        if os.path.exists(f"/proc/net/{table}"):
            with open(f"/proc/net/{table}") as file:
                found |= {f"port {int(line.split()[1].rpartition(':')[2], 16)} ({table})" for line in file.readlines()[1:] if line.split()[3] == "0A"}
    return found


def things(directory):
    """Everything with a name that a run could leave on this machine."""
    with open("/proc/self/mounts") as file:
        mounts = {f"mount {line.split()[1]}" for line in file}
    found = listing("/dev/shm") | listing("/dev/mqueue") | mounts | listing("/sys/class/net") | listeners()
    for kind in ("msg", "sem", "shm"):
        found |= system_v(kind)
    for folder, folders, files in os.walk(directory):
        found |= {os.path.join(folder, name) for name in files} | {os.path.join(folder, name) for name in folders if name != "ipcscope"}
    return found


unknowable = []


def kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def victims(processes, ipcscope, chance):
    """Whom to kill, in which order: the window's process, everybody, or some."""
    others = [pid for pid in processes if pid != ipcscope]
    kind = chance.randrange(4)
    if kind == 0 or not others:
        return [ipcscope]
    if kind == 1:
        everybody = [ipcscope] + others
        chance.shuffle(everybody)
        return everybody
    some = chance.sample(others, chance.randint(1, len(others)))
    return some if kind == 2 else some + [ipcscope]


def is_unknowable(name, is_private):
    """Without namespaces, with everybody killed between the kernel's making of it and its id's coming back to us: nobody knows
    whose it is. (It has no name that could have been written down before, and to take away somebody else's would be worse.)"""
    if is_private or not name.startswith("System V"):
        return False
    _, _, kind, number = name.split()
    subprocess.run(["ipcrm", {"msg": "-q", "sem": "-s", "shm": "-m"}[kind], number], check=False)
    unknowable.append(name)
    return True


def crash(program, lesson, is_private, chance, mark):
    """One round. Answers what was left, as a list of sentences."""
    with tempfile.TemporaryDirectory(prefix="ipcscope-crash-") as directory:
        before = things(directory)
        environment = dict(os.environ, XDG_RUNTIME_DIR=directory, XDG_STATE_HOME=directory + "/state", TMPDIR=directory)
        environment[MARK] = mark
        words = [program, "run", lesson] + ([] if is_private else ["--no-namespaces"])
        run = subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            run.wait(chance.random() * chance.choice(LONGEST_LIVES))
        except subprocess.TimeoutExpired:
            pass
        for pid in victims(marked_processes(mark), run.pid, chance):
            kill(pid)
        deadline = time.monotonic() + PATIENCE
        while True:
            if run.poll() is None and len(marked_processes(mark)) == 1:
                kill(run.pid)      # its programs are dead, and it may well tell the user so for a while
            processes = marked_processes(mark)
            shutil.rmtree(directory + "/state", ignore_errors=True)     # progress is kept on purpose
            left = things(directory) - before
            is_over = run.poll() is not None and not processes
            if is_over and any(f"{directory}/ipcscope-run-" in name for name in left):
                subprocess.run([program, "run", "one-call"], env=environment, stdout=subprocess.DEVNULL, check=True)
                continue
            if is_over and not left:
                return []
            if time.monotonic() > deadline:
                for pid in processes:
                    kill(pid)
                run.kill()
                run.wait()
                return [f"process {pid} ({name})" for pid, name in processes.items()] + sorted(n for n in left if not is_unknowable(n, is_private))
            os.sched_yield()


def main():
    program, rounds = sys.argv[1], int(sys.argv[2])
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(1 << 30)
    chance = random.Random(seed)
    listed = subprocess.run([program, "list", "--json"], capture_output=True, text=True, check=True).stdout
    lessons = sys.argv[4:] or [json.loads(line)["id"] for line in listed.splitlines()]
    if not lessons:
        sys.exit(f"crash: {program} list --json names no lesson")
    failures = 0
    for number in range(rounds):
        lesson, is_private = chance.choice(lessons), chance.random() < 0.8
        left = crash(program, lesson, is_private, chance, f"{os.getpid()}.{number}")
        if left:
            failures += 1
            print(f"round {number} (seed {seed}), {lesson}{'' if is_private else ' without namespaces'}: left over: " + "; ".join(left), flush=True)
    print(f"{rounds - failures} of {rounds} crashes left nothing behind (seed {seed}, {len(lessons)} lessons)"
          + (f"; {len(unknowable)} System V objects were nobody's" if unknowable else ""))
    sys.exit(1 if failures else 0)


main()
