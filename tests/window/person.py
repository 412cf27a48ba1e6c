"""A person before the window: a screen of its own (Xvfb), keys pressed by xdotool, and eyes on the status file that
ipcscope writes (IPCSCOPE_STATUS_FILE). Everything waits for a state, with a deadline; nothing waits for a time."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

DEADLINE_S = 60


class Screen:
    """An X server that nobody else uses."""

    def __init__(self, size="1600x1000"):
        read_end, write_end = os.pipe()
        self.server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write_end), "-screen", "0", size + "x24", "-nolisten", "tcp"],
            pass_fds=[write_end], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(write_end)
        with os.fdopen(read_end) as answer:
            self.name = ":" + answer.readline().strip()

    def close(self):
        self.server.terminate()
        self.server.wait()


class Person:
    """One ipcscope, and who sits before it."""

    def __init__(self, program, *arguments, size="1600x1000"):
        self.screen = Screen(size)
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="ipcscope-window-"))
        self.status_file = self.home / "status"
        self.environment = dict(os.environ, DISPLAY=self.screen.name, IPCSCOPE_STATUS_FILE=str(self.status_file),
                                XDG_STATE_HOME=str(self.home / "state"), XDG_CACHE_HOME=str(self.home / "cache"),
                                XDG_RUNTIME_DIR=str(self.home / "run"), LIBGL_ALWAYS_SOFTWARE="1")
        for folder in ("state", "cache", "run"):
            (self.home / folder).mkdir(mode=0o700)
        self.errors = open(self.home / "errors", "w+")
        self.started = time.monotonic()
        self.app = subprocess.Popen([program, *arguments], env=self.environment, stderr=self.errors)
        self.window = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.app.poll() is None:
            self.app.kill()
            self.app.wait()
        self.errors.close()
        self.screen.close()
        shutil.rmtree(self.home, ignore_errors=True)

    def said(self):
        self.errors.flush()
        return (self.home / "errors").read_text()

    def status(self):
        try:
            lines = self.status_file.read_text().splitlines()
        except FileNotFoundError:
            return {}
        return {line.partition(" ")[0]: line.partition(" ")[2] for line in lines}

    def sees(self, what, condition, deadline_s=DEADLINE_S):
        """Waits until the status fulfils `condition`; fails with what was seen instead."""
        end = time.monotonic() + deadline_s
        while True:
            status = self.status()
            if status and condition(status):
                return status
            if self.app.poll() is not None:
                raise AssertionError(f"waiting for {what}: ipcscope has ended with {self.app.returncode}: {self.said()}")
            if time.monotonic() > end:
                raise AssertionError(f"waited {deadline_s} s for {what}; the window stands at {status}")
            time.sleep(0.01)

    def xdotool(self, *arguments):
        return subprocess.run(["xdotool", *arguments], env=self.environment, check=True, capture_output=True, text=True).stdout

    def finds_window(self):
        self.window = self.xdotool("search", "--sync", "--onlyvisible", "--class", "ipcscope").split()[0]
        self.xdotool("windowfocus", "--sync", self.window)

    def presses(self, *keys):
        self.xdotool("key", "--delay", "0", *keys)

    def resizes(self, width, height):
        self.xdotool("windowsize", "--sync", self.window, str(width), str(height))

    def takes_picture(self, path):
        subprocess.run(["import", "-window", "root", str(path)], env=self.environment, check=True)
