"""A picture of every lesson at its most telling step, to be looked at one by one: is anything cut, crossing, too small?

    gallery.py IPCSCOPE FOLDER [--theme dark|light] [--text 1.5] [--size 1024x640] [LESSON...]

The steps stand in the table below; a lesson that is not in it fails. Needs Xvfb; takes a second or two a picture.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from person import Screen  # noqa: E402

# The step, and after how many of its goals, if not after all.
TELLING_STEP = {
    "one-call": 3, "pid": 5, "shared-offset": 4, "stdio-buffer": 3, "pipeline": 4,
    "pipe": 7, "endless-read": 6, "sigpipe": 5, "pipe-buf": 4, "two-pipes": 5, "fifo": 5,
    "posix-queue": 5, "sysv-queue": 3,
    "anonymous-memory": 4, "named-memory": 4, "sysv-memory": 5,
    "lost-update": 4, "mutex": 3, "deadlock": 4, "robust-mutex": 3,
    "semaphore": 5, "semaphore-named": 3, "semaphore-undo": 3, "condition": 3, "read-write-lock": 4,
    "flock": 6, "record-locks": 4, "choose": 5,
    "two-machines": 3, "triple": 4, "udp": 3, "special-file": 5, "tcp-life": (3, 2), "router": 4, "byte-stream": 4, "backlog": 3, "flow-control": 2, "half-close": 3, "fin-rst": 5,
    "time-wait": 4, "fork-server": 5, "unix-sockets": 5, "web-server": 5, "browser": 4, "chat": 3,
}


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("program")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--theme", default="dark")
    parser.add_argument("--text", default="1")
    parser.add_argument("--size", default="1600x1000")
    parser.add_argument("lessons", nargs="*")
    chosen = parser.parse_intermixed_args()
    listed = subprocess.run([chosen.program, "list", "--json"], capture_output=True, text=True, check=True).stdout
    lessons = chosen.lessons or [json.loads(line)["id"] for line in listed.splitlines()]
    unknown = [lesson for lesson in lessons if lesson not in TELLING_STEP]
    if unknown:
        sys.exit(f"gallery: no telling step is known of {', '.join(unknown)}; write it into the table")
    chosen.folder.mkdir(parents=True, exist_ok=True)
    width, height = chosen.size.split("x")
    screen = Screen(chosen.size)
    environment = dict(os.environ, DISPLAY=screen.name, LIBGL_ALWAYS_SOFTWARE="1")
    failed = []
    for lesson in lessons:
        step, goals = TELLING_STEP[lesson] if isinstance(TELLING_STEP[lesson], tuple) else (TELLING_STEP[lesson], 0)
        picture = chosen.folder / f"{lesson}-{chosen.theme}.png"
        done = subprocess.run([chosen.program, "run", lesson, "--picture", picture, "--at", str(step), "--goal", str(goals), "--answered",
                               "--theme", chosen.theme, "--text", chosen.text, "--width", width, "--height", height],
                              env=environment, capture_output=True, text=True)
        if done.returncode != 0:
            failed.append(f"{lesson}: {done.stderr.strip()}")
    screen.close()
    sys.exit("gallery: " + "\n".join(failed) if failed else 0)


main()
