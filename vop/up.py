"""The platform's services as subprocesses on one host, against PostgreSQL and a broker that run elsewhere.

They inherit the environment, so secrets stay where they were, and standard error, so that one journal has it all.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from threading import Event

from vop.errors import DidNotStop, ServiceError, VopError
from vop.keeper import Keeper, Say

GRACE_S = 30.0
"""From SIGTERM to SIGKILL: ingest stores what it holds, the API ends running requests."""
PR_SET_PDEATHSIG = 1  # linux/prctl.h


@dataclass(frozen=True)
class Service:
    """What to run: the arguments of `vop`, and variables beside or above those of the environment."""

    arguments: Sequence[str]
    settings: Mapping[str, str] = field(default_factory=dict)


class GaveUp(VopError):
    """A service ended again and again."""


class Direct:
    """A subprocess of ours. Linux ends it should we be killed; elsewhere that is for whoever supervises us."""

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        """Runs `vop ARGUMENTS`."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "vop", *arguments],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # a terminal's Ctrl-C is for us to pass on
            preexec_fn=_die_with_parent(),  # noqa: PLW1509 - only a system call is made there
        )
        self.pid = self._process.pid

    @property
    def returncode(self) -> int | None:
        """None while it runs; 128 + n after signal n."""
        status = self._process.poll()
        return status if status is None or status >= 0 else 128 - status

    def stop(self) -> None:
        """SIGTERM, and SIGKILL when that did not help in time."""
        self._process.terminate()
        try:
            self._process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            try:
                self._process.wait(GRACE_S)
            except subprocess.TimeoutExpired as slow:
                raise DidNotStop(
                    f"process {self.pid} does not end: look what holds it, then kill -9 {self.pid}"
                ) from slow


def _die_with_parent() -> Callable[[], None] | None:
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)
    parent = os.getpid()

    def prepare() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before we asked
            os.kill(os.getpid(), signal.SIGTERM)

    return prepare


def run(services: Mapping[str, Service], environment: Mapping[str, str], stop: Event, say: Say) -> None:
    """Run the services, by name, until `stop` is set.

    Raises `GaveUp` when one ends again and again, after the others were stopped.
    """
    broken: list[str] = []

    def gave_up(reason: str) -> None:
        broken.append(reason)
        stop.set()

    keeper = Keeper(say, gave_up)
    try:
        for name, service in services.items():
            process = keeper.start(name, partial(_begin, service, environment))
            say(f"{name} runs (process {process.pid})")
        stop.wait()
    finally:
        keeper.stop()
    if broken:
        raise GaveUp(broken[0])


def _begin(service: Service, environment: Mapping[str, str]) -> Direct:
    try:
        return Direct(service.arguments, {**environment, **service.settings})
    except OSError as error:
        raise ServiceError(f"vop {service.arguments[0]} could not be started ({error.strerror})") from error
