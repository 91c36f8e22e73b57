"""`vop demo` as a person runs it: a process with a terminal's worth of lines."""

from __future__ import annotations

import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.waiting import poll

REPOSITORY = Path(__file__).parents[3]
TIMEOUT_S = 90.0


def processes_of(place: Path) -> dict[int, str]:
    """Processes that have to do with `place`: by command line, environment or working directory."""
    mark = os.fsencode(place)
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            command = (entry / "cmdline").read_bytes()
            about = command + (entry / "environ").read_bytes() + os.fsencode((entry / "cwd").readlink())
        except OSError:  # it ended meanwhile, or is the kernel's
            continue
        if mark in about:
            found[int(entry.name)] = command.replace(b"\0", b" ").decode(errors="replace")
    return found


def wait_until_gone(place: Path) -> None:
    """Fail when something of `place` still runs after a while."""
    poll(lambda: processes_of(place), 60.0, until=lambda found: not found, what=f"processes of {place}")


@dataclass
class Demo:
    """A running `vop demo`."""

    process: subprocess.Popen[str]
    place: Path
    api: str = ""
    """Where its API is, for who has no `demo.json`."""
    said: list[str] = field(default_factory=list)
    _lines: queue.SimpleQueue[str | None] = field(default_factory=queue.SimpleQueue)

    def __post_init__(self) -> None:
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def close(self) -> None:
        """Let go of the pipe of an ended process."""
        self._reader.join()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    def until(self, pattern: str) -> re.Match[str]:
        """Read on to a line with `pattern` in it."""
        while True:
            try:
                line = self._lines.get(timeout=TIMEOUT_S)
            except queue.Empty:
                raise AssertionError(f"no {pattern!r} within {TIMEOUT_S:g} s after: {self.said[-20:]}") from None
            if line is None:
                raise AssertionError(f"ended without {pattern!r}; it said: {self.said}")
            self.said.append(line)
            if match := re.search(pattern, line):
                return match

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        """Send a signal to the demo alone and return its exit status."""
        self.process.send_signal(number)
        return self.process.wait(TIMEOUT_S)

    @property
    def access(self) -> dict[str, Any]:
        """What `demo.json` says."""
        words: dict[str, Any] = json.loads((self.place / "demo.json").read_text())
        return words

    def get(self, path: str, role: str = "support") -> Any:
        """GET from the API with the token of a role."""
        headers = {"Authorization": f"Bearer {self.access['tokens'][role]}"}
        with urllib.request.urlopen(urllib.request.Request(self.access["api"] + path, headers=headers)) as answer:
            return json.load(answer)

    def pid_of(self, service: str) -> int:
        """The process `vop SERVICE`, not its supervisor."""
        return next(pid for pid, command in processes_of(self.place).items() if command.endswith(f" -m vop {service} "))


@contextmanager
def demo(place: Path, *arguments: str, environment: dict[str, str] | None = None) -> Iterator[Demo]:
    """Start one, and leave nothing of it behind however the test ends."""
    process = subprocess.Popen(
        command(*arguments),
        env=_environment(place) | (environment or {}),
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    one = Demo(process, place)
    try:
        yield one
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        one.close()
        wait_until_gone(place)


def command(*arguments: str) -> Sequence[str]:
    """The command line; a small fleet on a free port unless `arguments` say more."""
    return [sys.executable, "-m", "vop", "demo", "--port", "0", *arguments]


def _environment(place: Path) -> dict[str, str]:
    keep = {name: value for name, value in os.environ.items() if not name.startswith("VOP_")}
    return keep | {"VOP_DATA_DIR": str(place), "PYTHONUNBUFFERED": "1"}


def run(place: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one that ends by itself."""
    return subprocess.run(
        command(*arguments), env=_environment(place), cwd=REPOSITORY, capture_output=True, text=True, timeout=TIMEOUT_S
    )
