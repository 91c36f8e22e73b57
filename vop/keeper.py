"""Keeps the platform's processes running: one that ends by itself is started again, and that is said."""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Lock, Thread
from typing import Protocol

from vop.errors import DidNotStop, ServiceError

log = logging.getLogger(__name__)

LOOK_INTERVAL_S = 0.2
STEADY_S = 10.0
"""A process that lived this long did start: what ends it then is a new story."""
PAUSES_S = (0.0, 1.0, 2.0, 5.0, 10.0)
"""Waits before starting again after one, two, ... short lives in a row; after one more it is given up."""


Say = Callable[[str], None]
"""Tells a person one line."""


class Process(Protocol):
    """Something that runs until it is stopped."""

    @property
    def pid(self) -> int:
        """Its process id."""
        ...

    @property
    def returncode(self) -> int | None:
        """None while it runs; 128 + n after signal n."""
        ...

    def stop(self) -> None:
        """End it and wait. Safe to call twice, and after it has ended by itself."""
        ...


@dataclass
class _Kept:
    name: str
    begin: Callable[[], Process]
    process: Process
    begun: float
    short_lives: int = 0


class Keeper:
    """Starts processes, restarts those that end by themselves, and stops all of them, the latest first.

    `say` is told in one line what happened. `gave_up` is called, once, with what to tell the person when a process
    ends again and again.
    """

    def __init__(self, say: Say, gave_up: Say) -> None:
        self._say = say
        self._gave_up = gave_up
        self._kept: list[_Kept] = []
        self._lock = Lock()
        self._stopping = Event()
        self._thread = Thread(target=self._watch, name="keeper", daemon=True)

    def start(self, name: str, begin: Callable[[], Process]) -> Process:
        """Begin a process and keep it. What `begin` raises passes through; nothing is kept then."""
        process = begin()
        with self._lock:
            self._kept.append(_Kept(name, begin, process, time.monotonic()))
        if not self._thread.is_alive():
            self._thread.start()
        return process

    def process(self, name: str) -> Process:
        """The process that has this name at the moment."""
        with self._lock:
            return next(kept.process for kept in self._kept if kept.name == name)

    def stop(self) -> None:
        """End everything, the latest first, whatever goes wrong with one of them. Safe to call twice.

        Raises `DidNotStop` for the first that would not end, when all have been tried.
        """
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()
        stubborn: list[DidNotStop] = []
        while self._kept:
            try:
                self._kept.pop().process.stop()
            except DidNotStop as error:
                stubborn.append(error)
        if stubborn:
            raise stubborn[0]

    def _watch(self) -> None:
        while not self._stopping.wait(LOOK_INTERVAL_S):
            with self._lock:
                ended = [kept for kept in self._kept if kept.process.returncode is not None]
            for kept in ended:
                if not self._begin_again(kept):
                    return

    def _begin_again(self, kept: _Kept) -> bool:
        """Start what has ended; False when it is given up or the keeper stops."""
        how, who = ending(kept.process.returncode), f"{kept.name} (process {kept.process.pid})"
        kept.process.stop()  # lets go of its pipes
        steady = time.monotonic() - kept.begun >= STEADY_S
        kept.short_lives = 1 if steady else kept.short_lives + 1
        while True:
            if kept.short_lives > len(PAUSES_S):
                self._gave_up(f"{kept.name} ended {kept.short_lives} times in a row, the last time {how}")
                return False
            pause_s = PAUSES_S[kept.short_lives - 1]
            after = f" in {pause_s:g} s" if pause_s else ""
            self._say(f"{who} ended {how}; starting it again{after}")
            if self._stopping.wait(pause_s):
                return False
            try:
                process = kept.begin()
            except ServiceError as error:
                kept.short_lives += 1
                # Another process than the one it followed, and gone before we knew its number.
                how, who = f"before it was ready: {error}", f"the new {kept.name}"
                continue
            with self._lock:
                kept.process, kept.begun = process, time.monotonic()
            self._say(f"{kept.name} runs again (process {process.pid})")
            return True


def ending(returncode: int | None) -> str:
    """How a process ended, in words."""
    if returncode is not None and returncode > 128:
        number = returncode - 128
        known = {member.value: member.name for member in signal.Signals}
        return f"by signal {number} ({known.get(number, 'unknown')})"
    return f"with status {returncode}"
