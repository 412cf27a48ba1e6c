#!/usr/bin/env python3
"""Visitors by the hundred: the window with the lesson "browser" running, and at its server's door

    load.py IPCSCOPE [SECONDS [CONNECTIONS_A_SECOND]]        (5 s, 100 a second)

connections that come and go, a client of one byte a second, one that sends noise, one that vanishes without a FIN (as root
only: by TCP_REPAIR, tcp(7) knows nothing of it). Every connection must be answered, and no frame may take our own code longer
than a sixtieth of a second. Then the same server under `ipcscope trace`, with open gates: each connection must be in the trace.
What a connection costs in memory is said; it is kept, so it costs some.
"""
import pathlib
import random
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "window"))
from person import Person  # noqa: E402
from window_test import goes_to, rests  # noqa: E402

DOOR = ("127.0.0.1", 8080)
TCP_REPAIR = 19
ANSWER_DEADLINE = 20


def ask(path="/"):
    """One connection: what was answered."""
    with socket.create_connection(DOOR, timeout=ANSWER_DEADLINE) as to:
        to.sendall(f"GET {path} HTTP/1.1\r\n\r\n".encode())
        return to.recv(4096)


class Visitors:
    """So many connections a second, each by whoever of a few is free; what came of them."""

    def __init__(self, seconds, a_second):
        self.lock = threading.Lock()
        self.made = self.answered = 0
        self.failures = []
        self.due = time.monotonic()
        self.end = self.due + seconds
        self.interval = 1 / a_second
        self.threads = [threading.Thread(target=self.come) for _ in range(4)]

    def come(self):
        while True:
            with self.lock:
                mine, self.due = self.due, self.due + self.interval
            if mine > self.end:
                return
            time.sleep(max(0, mine - time.monotonic()))
            try:
                answer = ask(random.choice(("/", "/a.svg", "/b.svg")))
                with self.lock:
                    self.made += 1
                    self.answered += answer.startswith(b"HTTP/1.1 200 OK")
            except OSError as failure:
                with self.lock:
                    self.failures.append(str(failure))

    def run(self):
        began = time.monotonic()
        for thread in self.threads:
            thread.start()
        for thread in self.threads:
            thread.join()
        return time.monotonic() - began


def trickle(stop, counts):
    """One byte a second, and whatever comes back is read."""
    with socket.create_connection(DOOR, timeout=ANSWER_DEADLINE) as to:
        counts["others"] += 1
        for byte in b"GET / HTTP/1.1\r\n\r\n" * 100:
            to.sendall(bytes([byte]))
            if stop.wait(1):
                return


def noise(stop, counts):
    chance = random.Random(1)
    with socket.create_connection(DOOR, timeout=ANSWER_DEADLINE) as to:
        counts["others"] += 1
        to.settimeout(0.05)
        while not stop.wait(0.2):
            to.sendall(chance.randbytes(chance.randrange(1, 1500)))
            try:
                while to.recv(65536):
                    pass
            except TimeoutError:
                pass


def vanish(counts):
    """It was here, and is gone: its kernel tells nobody."""
    to = socket.create_connection(DOOR, timeout=ANSWER_DEADLINE)
    counts["others"] += 1
    to.sendall(b"GET / HT")
    try:
        to.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, struct.pack("i", 1))
    except PermissionError:
        print("  (one that vanishes without a FIN needs root: this one says goodbye)")
    to.close()


def besiege(seconds, a_second):
    """All kinds at once: (the visitors, how long it took, how many connections in all)."""
    stop, counts = threading.Event(), {"others": 0}
    others = [threading.Thread(target=trickle, args=(stop, counts)), threading.Thread(target=noise, args=(stop, counts)),
              threading.Thread(target=vanish, args=(counts,))]
    for other in others:
        other.start()
    visitors = Visitors(seconds, a_second)
    took = visitors.run()
    stop.set()
    for other in others:
        other.join()
    return visitors, took, visitors.made + counts["others"]


def resident(pid):
    with open(f"/proc/{pid}/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))


def say(what, visitors, took):
    print(f"{what}: {visitors.answered} of {visitors.made} connections answered in {took:.1f} s, {visitors.made / took:.0f} a second"
          + (f"; {len(visitors.failures)} failed: {visitors.failures[0]}" if visitors.failures else ""), flush=True)
    assert visitors.answered == visitors.made and not visitors.failures


def the_window(program, seconds, a_second):
    with Person(program, "--lesson", "browser") as person:
        person.sees("the lesson", lambda s: s["screen"] == "lesson" and s["quiet"] == "1")
        person.finds_window()
        goes_to(person, 5)
        rests(person)
        for _ in range(10):
            person.presses("greater")      # as fast as it can
        person.presses("r")
        person.sees("a run", lambda s: s["running"] == "1")
        assert ask().startswith(b"HTTP/1.1 200")
        first, memory = person.status(), resident(person.app.pid)
        visitors, took, connections = besiege(seconds, a_second)
        last = person.sees("still there", lambda s: s["screen"] == "lesson")
        assert last["failed"] == "0" and last["running"] == "1", last
        frames, slow = (int(last[key]) - int(first[key]) for key in ("frames", "slow_frames"))
        events = int(last["events"]) - int(first["events"])
        say("the window", visitors, took)
        print(f"  {frames / took:.0f} frames a second (drawn by a processor, under Xvfb), of our own work {last['frame_ms']} ms in the mean, "
              f"{last['longest_frame_ms']} ms the longest, {slow} longer than 1/60 s")
        print(f"  {events / connections:.0f} events and {(resident(person.app.pid) - memory) / connections:.1f} KiB a connection")
        return slow, frames


def the_trace(program, seconds, a_second):
    with tempfile.TemporaryDirectory(prefix="ipcscope-load-") as folder:
        lesson = pathlib.Path(__file__).parents[2] / "lessons" / "browser"
        shutil.copy(lesson / "server.c", folder)
        subprocess.run(["cc", "-g", "-o", "server", "server.c"], cwd=folder, check=True)
        run = subprocess.Popen([program, "trace", "-o", "lines", "--", "./server"], cwd=folder)
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                ask()
                break
            except ConnectionRefusedError:
                time.sleep(0.02)
        visitors, took, connections = besiege(seconds, a_second)
        subprocess.run(["pkill", "-TERM", "-P", str(run.pid), "-f", "./server"], check=False)
        subprocess.run(["pkill", "-TERM", "-f", f"^./server$"], check=False)
        run.wait(30)
        lines = pathlib.Path(folder, "lines").read_text()
        say("the trace", visitors, took)
        accepted = len(re.findall(r"accept\(3[^)]*\) = \d", lines))
        print(f"  {accepted} accepted in the trace, {connections + 1} connections made; lost: {lines.count('were lost')}")
        assert accepted == connections + 1, "connections are missing in the trace"


def main():
    program, seconds = str(pathlib.Path(sys.argv[1]).resolve()), float(sys.argv[2]) if len(sys.argv) > 2 else 5
    a_second = float(sys.argv[3]) if len(sys.argv) > 3 else 100
    slow, frames = the_window(program, seconds, a_second)
    the_trace(program, seconds, a_second)
    if slow * 100 > frames:
        sys.exit(f"load: {slow} of {frames} frames took our own code longer than a sixtieth of a second")


if __name__ == "__main__":
    main()
