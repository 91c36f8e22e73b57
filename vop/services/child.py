"""One service process under its supervisor, and the lock on its data directory."""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vop.errors import DidNotStart, DidNotStop
from vop.services import _supervise
from vop.services.accounts import Account

log = logging.getLogger(__name__)

SPAWN_TIMEOUT_S = 10.0
STOP_MARGIN_S = 5.0
LOG_KEPT_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True)
class Program:
    """What to run and how to end it.

    `stop` holds (signal, seconds of grace) in the order they are sent; SIGKILL comes after the
    last. `account` is None to stay who we are.
    """

    name: str
    argv: Sequence[str]
    log_path: Path
    cwd: Path
    stop: Sequence[tuple[signal.Signals, float]]
    account: Account | None = None
    env: Mapping[str, str] = field(default_factory=dict)


class Child:
    """A running `Program`. It has its own session: a terminal's Ctrl-C does not reach it."""

    def __init__(self, program: Program, *, lock: int | None = None) -> None:
        """Start it. `lock`: a locked descriptor the supervisor holds until the service is gone.

        Raises `DidNotStart` when the program cannot be executed.
        """
        self.program = program
        _keep_log_small(program.log_path)
        order = {
            "argv": list(program.argv),
            "cwd": str(program.cwd),
            "env": {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"} | dict(program.env),
            "stop": [[int(number), grace_s] for number, grace_s in program.stop],
            "account": [program.account.uid, program.account.gid] if program.account else None,
            "owner": os.getpid(),
        }
        with open(program.log_path, "ab", opener=_private) as log_file:
            self._supervisor = subprocess.Popen(
                [sys.executable, "-I", "-S", _supervise.__file__, json.dumps(order)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log_file,
                start_new_session=True,
                pass_fds=() if lock is None else (lock,),
                bufsize=0,
            )
        try:
            self.pid = self._hear_pid()
        except BaseException:
            self.stop()
            raise

    def _hear_pid(self) -> int:
        assert self._supervisor.stdout is not None
        ready, _, _ = select.select([self._supervisor.stdout], [], [], SPAWN_TIMEOUT_S)
        line = self._supervisor.stdout.readline() if ready else b""
        if not line.startswith(b"pid "):
            raise DidNotStart(
                f"{self.program.name} could not be executed as {self.program.argv[0]}: {self.last_words()}"
            )
        return int(line[4:])

    @property
    def returncode(self) -> int | None:
        """None while it runs; 128 + n after signal n."""
        return self._supervisor.poll()

    def signal(self, number: signal.Signals) -> None:
        """Send a signal by way of the supervisor, so never to a process that reused the pid."""
        assert self._supervisor.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # it has ended: `returncode` says so
            self._supervisor.stdin.write(f"signal {int(number)}\n".encode())

    def stop(self) -> None:
        """End it as an owner's death would, and wait. Safe to call twice.

        Raises `DidNotStop` when the supervisor does not come back.
        """
        for pipe in (self._supervisor.stdin, self._supervisor.stdout):
            if pipe is not None:
                pipe.close()
        patience_s = sum(grace_s for _, grace_s in self.program.stop) + STOP_MARGIN_S
        try:
            self._supervisor.wait(timeout=patience_s)
        except subprocess.TimeoutExpired as slow:
            raise DidNotStop(
                f"{self.program.name} (process {self.pid}) was still there after "
                f"{patience_s:.0f} s: look at {self.program.log_path}, then kill -9 {self.pid}"
            ) from slow

    def last_words(self) -> str:
        """The last two lines it said, and where the rest stands: for an error message."""
        own = [line for line in self.log_tail().splitlines() if not line.startswith("supervisor:")]
        return f"{'; '.join(own[-2:]) or 'it said nothing'} (more in {self.program.log_path})"

    def log_tail(self, lines: int = 12) -> str:
        """The last lines of the service's log."""
        with self.program.log_path.open("rb") as log_file:
            log_file.seek(0, os.SEEK_END)
            log_file.seek(max(0, log_file.tell() - 8192))
            return "\n".join(log_file.read().decode("utf-8", "replace").splitlines()[-lines:])


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _keep_log_small(path: Path) -> None:
    """Turn the log over at a start when it has grown: one older generation is kept."""
    with contextlib.suppress(FileNotFoundError):
        if path.stat().st_size > LOG_KEPT_BYTES:
            path.replace(path.with_name(path.name + ".1"))


def lock_directory(directory: Path, *, patience_s: float) -> int | None:
    """Take the lock of a data directory; returns its descriptor, or None when it stays held.

    The supervisor inherits the descriptor: after a kill of the owner the lock is free only once
    the service has really ended, so a quick restart waits here and not in a half-dead service.
    """
    descriptor = os.open(directory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + patience_s
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                os.close(descriptor)
                return None
            time.sleep(0.05)
        except BaseException:
            os.close(descriptor)
            raise
        else:
            return descriptor
