"""How long from the start of the program to its first frame on the screen, and to a lesson that can be stepped?

    first_frame.py IPCSCOPE [TIMES]        (on a machine that does nothing else; aim: the first frame in 500 ms under Xvfb)

The X server runs before the clock does.
"""
import pathlib
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "window"))
from person import Person  # noqa: E402


def until(person, condition):
    while True:
        status = person.status()
        if status and condition(status):
            return (time.monotonic() - person.started) * 1000
        if person.app.poll() is not None:
            sys.exit(f"first_frame: ipcscope has ended: {person.said()}")
        time.sleep(0.0005)


def measured(program, arguments, condition):
    with Person(program, *arguments) as person:
        return until(person, condition)


def told(what, times):
    print(f"{what:44} median {statistics.median(times):5.0f} ms   least {min(times):5.0f}   most {max(times):5.0f}")


def main():
    program, times = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 10
    told("the list of lessons, first frame", [measured(program, [], lambda s: True) for _ in range(times)])
    told("a lesson, first frame", [measured(program, ["--lesson", "pipe"], lambda s: True) for _ in range(times)])
    told("a lesson, its first call can be stepped", [measured(program, ["--lesson", "pipe"], lambda s: s.get("can_step") == "1") for _ in range(times)])


main()
