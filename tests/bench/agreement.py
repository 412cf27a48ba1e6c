"""Do ipcscope's figures agree with those of public benchmarks, on this machine, in this run?

    agreement.py IPCSCOPE [ROUNDS]

Each round asks both, one right behind the other, on the same processor; then the medians are compared, and what came out
least and most is said, too. What is compared:

    perf bench sched pipe     (linux-tools) two processes, an int there and back through two pipes    latency of pipe.c, 4 B
    dd | dd                   (coreutils) zeros through a pipe, in blocks so large that dd's own     throughput of pipe.c, 64 KiB
                              read of /dev/zero and write to /dev/null hardly count
    stress-ng --msg           (stress-ng) short messages through a queue of System V                 throughput of sysv-queue.c

Exit status 1 if two medians are further apart than the rounds themselves are.
"""
import json
import os
import re
import shutil
import statistics
import subprocess
import sys

CPU = str(max(os.sched_getaffinity(0)))


def said_by(*command, shell=False):
    done = subprocess.run(command if not shell else ["sh", "-c", *command], capture_output=True, text=True, timeout=120)
    return done.stdout + done.stderr


def on_one_processor(*command, **how):
    if how.get("shell"):
        return said_by("taskset", "-c", CPU, "sh", "-c", *command)
    return said_by("taskset", "-c", CPU, *command)


def ours(program, size, figure):
    """Nanoseconds a message."""
    text = said_by(IPCSCOPE, "compare", "choose", "--json", "--only", program, "--size", str(size), "--repetitions", "3")
    measured = json.loads(text)[figure]["median"]
    return measured if figure == "latency_ns" else size / measured * 1e9


def perf_pipe():
    each = re.search(r"([\d.]+) usecs/op", on_one_processor("perf", "bench", "sched", "pipe", "-l", "20000"))
    return float(each[1]) * 1000 / 2    # an operation is there and back


def dd_pipe(size):
    count = 2**27 // size
    text = on_one_processor(f"dd if=/dev/zero bs={size} count={count} 2>/dev/null | dd of=/dev/null bs={size}", shell=True)
    seconds = re.search(r"copied, ([\d.e-]+) s", text)
    return float(seconds[1]) * 1e9 / count


def stress_msg():
    text = on_one_processor("stress-ng", "--msg", "1", "--msg-bytes", "4", "--msg-ops", "200000", "--metrics-brief")
    fields = re.search(r"\] msg +(\d+) +([\d.]+)", text)
    return float(fields[2]) * 1e9 / float(fields[1])


COMPARISONS = [
    ("latency, pipe, 4 B", "perf bench sched pipe", "perf", perf_pipe, lambda: ours("pipe.c", 4, "latency_ns")),
    ("throughput, pipe, 64 KiB", "dd | dd", "dd", lambda: dd_pipe(65536), lambda: ours("pipe.c", 65536, "bytes_a_second")),
    ("throughput, System V, 4 B", "stress-ng --msg", "stress-ng", stress_msg, lambda: ours("sysv-queue.c", 4, "bytes_a_second")),
]


def figure(values):
    return f"{statistics.median(values):9.0f} ({min(values):.0f} .. {max(values):.0f})"


def main(rounds):
    apart = False
    print(f"{'ns a message':28}{'':24}{'public':>28}{'ipcscope':>28}   ratio")
    for what, public, tool, theirs, mine in COMPARISONS:
        if not shutil.which(tool):
            print(f"{what:28}{public:24}  {tool} is not installed here")
            continue
        a, b = [], []
        for _ in range(rounds):
            a.append(theirs())
            b.append(mine())
        is_apart = min(a) > max(b) or min(b) > max(a)
        apart |= is_apart
        ratio = statistics.median(b) / statistics.median(a)
        print(f"{what:28}{public:24}{figure(a):>28}{figure(b):>28}   {ratio:.2f}{'  apart' if is_apart else ''}", flush=True)
    return 1 if apart else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    IPCSCOPE = sys.argv[1]
    sys.exit(main(int(sys.argv[2]) if len(sys.argv) > 2 else 7))
