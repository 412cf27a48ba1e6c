"""window_test.py TEST PROGRAM: one test of the window, driven as a person would."""
import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile

from person import Person

LESSONS = pathlib.Path(__file__).parents[2] / "lessons"


def can_go_on(status):
    return status["screen"] == "list" or "1" in (status["asked"], status["can_step"], status["step_done"], status["failed"])


def rests(person):
    """Waits until nothing moves; what is seen then."""
    return person.sees("rest", lambda s: s["screen"] == "list" or (s["quiet"] == "1" and can_go_on(s)))


def goes_on(person):
    """One press (or an answer) further."""
    before = rests(person)
    assert before["screen"] == "lesson" and before["failed"] == "0", before
    if before["asked"] == "1":
        person.presses("Down")
        person.sees("an answer chosen", lambda s: s["focus"] == "0")
        person.presses("Return")
        person.sees("the answer taken", lambda s: s["asked"] == "0")
    else:
        person.presses("Return" if before["open"] == "1" else "space")    # (Space lets calls go as long as there are some)
        person.sees("a move", lambda s: s["screen"] != "lesson" or any(s[k] != before[k] for k in ("moves", "step", "step_done", "done", "lesson")))


def opens(program, *arguments, lesson="pipe", size="1600x1000"):
    person = Person(program, "--lesson", lesson, *arguments, size=size)
    person.sees("the lesson", lambda s: s["screen"] == "lesson" and s["quiet"] == "1")
    person.finds_window()
    return person


def goes_to(person, step):
    while int(rests(person)["step"]) < step:
        goes_on(person)


def whole_lesson(program):
    """Arrow keys, Enter and Space alone lead from the first screen through a lesson to the next one."""
    with Person(program) as person:
        status = person.sees("the list", lambda s: s["screen"] == "list")
        person.finds_window()
        while int(person.status()["chosen"]) < 1:
            chosen = person.status()["chosen"]
            person.presses("Right")
            person.sees("another lesson chosen", lambda s: s["chosen"] != chosen)
        person.presses("Return")
        first = person.sees("the lesson", lambda s: s["screen"] == "lesson" and s["quiet"] == "1")
        assert int(status["lessons"]) > 1 and first["step"] == "1"
        moves = 0
        while rests(person)["done"] == "0":
            goes_on(person)
            moves += 1
            assert moves < 500, "the lesson does not end"
        assert person.status()["failed"] == "0", person.status()
        person.presses("space")
        person.sees("the next lesson", lambda s: s["screen"] == "list" or s["lesson"] != first["lesson"])


def every_lesson(program, part, parts):
    """By keys alone every lesson is done from its first call to its last, as one who has read only what the window says would do it."""
    listed = subprocess.run([program, "list", "--json"], capture_output=True, text=True, check=True).stdout
    lessons = [json.loads(line)["id"] for line in listed.splitlines()][int(part)::int(parts)]
    assert lessons
    for lesson in lessons:
        with opens(program, "--still", lesson=lesson) as person:
            person.resizes(400, 300)    # (drawn in software: the larger, the slower)
            moves = 0
            while True:
                status = rests(person)
                if status["failed"] == "1" and "this machine gives it none" in status["status"]:    # no wire between hosts
                    break
                assert status["failed"] == "0", (lesson, status)
                if status["done"] == "1":
                    break
                goes_on(person)
                moves += 1
                assert moves < 500, f"{lesson} does not end"


def what_if(program):
    """A what-if leaves the lesson's path; Back comes back to it."""
    with opens(program) as person:
        goes_to(person, 3)
        while rests(person)["step_done"] == "0":
            goes_on(person)
        moves = person.status()["moves"]
        person.presses("a")
        person.sees("the way left", lambda s: s["off_script"] == "1" and s["quiet"] == "1")
        person.presses("Left")
        person.sees("the way back", lambda s: s["off_script"] == "0" and s["quiet"] == "1" and s["moves"] == moves)


def sizes(program):
    """It goes on at every size."""
    with opens(program) as person:
        for width, height in ((1024, 640), (640, 480), (1600, 1000)):
            person.resizes(width, height)
            goes_on(person)
        person.presses("f")
        person.sees("one panel alone", lambda s: s["full"] != "-1")
        goes_on(person)
        person.presses("Escape")
        person.sees("all panels again", lambda s: s["full"] == "-1")


def text_sizes(program):
    """Text from 80 to 250 percent, light and dark; it goes on at each."""
    with opens(program) as person:
        for key, end in (("plus", "2.5"), ("minus", "0.8")):
            while person.status()["scale"] != end:
                scale = person.status()["scale"]
                person.presses(key)
                person.sees("another size", lambda s: s["scale"] != scale)
            goes_on(person)
        person.presses("ctrl+0")
        person.sees("the usual size", lambda s: s["scale"] == "1")
        theme = person.status()["theme"]
        person.presses("t")
        person.sees("the other theme", lambda s: s["theme"] != theme)


def past(program):
    """The cursor goes into the past and comes back; a step comes back to now first."""
    with opens(program) as person:
        goes_to(person, 2)
        person.presses("bracketleft")
        person.sees("an earlier moment", lambda s: s["now"] == "0")
        person.presses("End")
        person.sees("now", lambda s: s["now"] == "1")
        person.presses("bracketleft")
        person.sees("an earlier moment", lambda s: s["now"] == "0")
        person.presses("space")
        person.sees("now", lambda s: s["now"] == "1")
        person.presses("Home")
        person.sees("the start", lambda s: s["moves"] == "0" and s["step"] == "1" and s["quiet"] == "1")


def measuring(program):
    """The comparison measures beside the window, which goes on meanwhile; the same key ends it."""
    with opens(program, lesson="choose") as person:
        person.presses("period")
        person.sees("the comparison", lambda s: s["pane"] != "-1" and s["measuring"] == "0")
        person.presses("m")
        person.sees("it measures", lambda s: s["measuring"] == "1")
        goes_on(person)
        person.presses("m")
        person.sees("it has been cancelled", lambda s: s["measuring"] == "0")
        person.presses("m")
        person.sees("it measures", lambda s: s["measuring"] == "1")
        person.presses("Escape")
        person.sees("the list", lambda s: s["screen"] == "list")


def processes_with(marker):
    found = []
    for environment in pathlib.Path("/proc").glob("[0-9]*/environ"):
        try:
            if marker.encode() in environment.read_bytes():
                found.append(environment.parent.name)
        except OSError:
            continue
    return found


def closing(program):
    """Quit in the middle of a step: no process and no file of the run is left."""
    with opens(program) as person:
        goes_to(person, 3)
        person.presses("q")
        assert person.app.wait(timeout=30) == 0
        marker = f"XDG_RUNTIME_DIR={person.home}/run"
        own = str(os.getpid())
        left = [pid for pid in processes_with(marker) if pid != own]
        assert not left, f"processes are left: {left}"
        files = [path for path in (person.home / "run").rglob("*") if not path.is_dir()]
        assert not files, f"files are left: {files}"


def no_display(program):
    """Without a display: one sentence, and 2."""
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    for display in ({}, {"DISPLAY": ":987"}):
        result = subprocess.run([program], env=environment | display, capture_output=True, text=True, timeout=60)
        assert result.returncode == 2, result
        assert result.stderr.count("\n") == 1 and "no display" in result.stderr and "ipcscope run" in result.stderr, result.stderr


def pictures(program):
    """A picture has the size that was asked for, and something on it."""
    with opens(program) as person:
        target = person.home / "picture.png"
        for theme, width, height in (("light", 1600, 1000), ("dark", 1024, 640)):
            subprocess.run([program, "--lesson", "pipe", "--step", "3", "--picture", str(target), "--theme", theme, "--width", str(width),
                            "--height", str(height)], env=person.environment, check=True, timeout=120)
            bytes_ = target.read_bytes()
            assert struct.unpack(">II", bytes_[16:24]) == (width, height)
            assert len(bytes_) > 20_000, "there is next to nothing on it"


def foreign(program):
    """A lesson from elsewhere is shown and asked about before anything of it is compiled or run."""
    with tempfile.TemporaryDirectory() as elsewhere:
        folder = pathlib.Path(elsewhere) / "pipe"
        shutil.copytree(LESSONS / "pipe", folder)
        with Person(program, "--lesson", str(folder)) as person:
            person.sees("the question", lambda s: s["screen"] == "confirm")
            person.finds_window()
            assert not list((person.home / "cache" / "ipcscope").rglob("*")), "something was compiled before the answer"
            person.presses("Escape")
            person.sees("the list", lambda s: s["screen"] == "list")
        with Person(program, "--lesson", str(folder)) as person:
            person.sees("the question", lambda s: s["screen"] == "confirm")
            person.finds_window()
            person.presses("Return")
            person.sees("the lesson", lambda s: s["screen"] == "lesson" and s["quiet"] == "1")


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
