"""The process between an owner and one service: it ends the service when the owner is gone.

Run as a file by `vop.services.child`, never imported by it for anything but its path. Standard
library only, so that it is up in milliseconds and survives whatever happens to the owner.

    owner --stdin--> supervisor --fork--> service
          <-stdout--

* stdin carries one word a line (`signal 1`); its end means "stop", whether the owner closed it or
  was killed. A process the owner forked may keep the pipe open after the owner's death, so the
  parent's pid is watched as well.
* stdout carries `pid N` once; stderr is the service's log.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import Any

PARENT_POLL_S = 0.5
PR_SET_PDEATHSIG = 1  # linux/prctl.h


def _between_fork_and_exec(death_signal: int) -> Callable[[], None]:
    """What the service's process does before it becomes the service."""
    # Loaded before the fork. Linux alone has prctl: the kernel then ends the service should this
    # process be killed.
    libc = ctypes.CDLL(None) if sys.platform.startswith("linux") else None

    def prepare() -> None:
        # Ignored signals survive exec, and a service must hear its own SIGHUP.
        for number in (signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, death_signal)

    return prepare


def _stop(service: subprocess.Popen[bytes], steps: Sequence[Sequence[float]]) -> None:
    """Send each signal in turn, waiting its grace in seconds; the last resort is SIGKILL."""
    for number, grace_s in steps:
        service.send_signal(int(number))
        with contextlib.suppress(subprocess.TimeoutExpired):
            service.wait(timeout=grace_s)
            return
    service.kill()
    service.wait()


def _obey(service: subprocess.Popen[bytes], line: bytes) -> None:
    word, _, argument = line.decode("ascii").partition(" ")
    if word == "signal":
        service.send_signal(int(argument))


def _watch(service: subprocess.Popen[bytes], owner_pid: int, woken: int) -> bool:
    """Wait. True: the owner is gone or wants an end; False: the service ended by itself."""
    waiting = b""
    while service.poll() is None:
        ready, _, _ = select.select([0, woken], [], [], PARENT_POLL_S)
        if os.getppid() != owner_pid:
            return True
        if woken in ready:
            numbers = os.read(woken, 512)
            if signal.SIGTERM in numbers:
                return True
        if 0 in ready:
            said = os.read(0, 4096)
            if not said:
                return True
            *lines, waiting = (waiting + said).split(b"\n")
            for line in lines:
                _obey(service, line)
    return False


def _wake_on_signals() -> int:
    """A file descriptor that becomes readable when a child ends or SIGTERM arrives."""
    woken, waker = os.pipe()
    os.set_blocking(waker, False)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: None)
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    return woken


def main(order: dict[str, Any]) -> int:
    """Run one service as `order` says; returns its exit status (128 + n for signal n)."""
    woken = _wake_on_signals()
    account = order["account"]
    identity: dict[str, Any] = {"user": account[0], "group": account[1], "extra_groups": []} if account else {}
    service = subprocess.Popen(
        order["argv"],
        stdin=subprocess.DEVNULL,
        stdout=2,
        stderr=2,
        cwd=order["cwd"],
        env=order["env"],
        umask=0o077,
        preexec_fn=_between_fork_and_exec(order["stop"][0][0]),  # noqa: PLW1509 - no threads here
        **identity,
    )
    os.write(1, f"pid {service.pid}\n".encode())
    if _watch(service, order["owner"], woken):
        _stop(service, order["stop"])
    status = service.wait()
    sys.stderr.write(f"supervisor: process {service.pid} ended with status {status}\n")
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
