"""What ingest says it has dealt with, read from its metrics."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, fields
from threading import Event, Thread
from types import TracebackType
from typing import Self

from vop.demo.programs import read

INTERVAL_S = 0.25
IDLE_S = 5.0
"""Ingest that has dealt with nothing for so long has nothing to deal with."""


@dataclass(frozen=True)
class Dealt:
    """Elements stored, met again, and refused."""

    stored: int = 0
    duplicates: int = 0
    rejected: int = 0

    @property
    def elements(self) -> int:
        """All of them."""
        return self.stored + self.duplicates + self.rejected

    def plus(self, other: Dealt) -> Dealt:
        """Both together."""
        return Dealt(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


_METRICS = {
    "vop_ingest_elements_stored_total": "stored",
    "vop_ingest_elements_duplicate_total": "duplicates",
    "vop_ingest_elements_rejected_total": "rejected",
}


def parse(text: str) -> Dealt:
    """The figures in Prometheus' text format."""
    found = dict.fromkeys(_METRICS.values(), 0)
    for line in text.splitlines():
        name, _, value = line.rpartition(" ")
        key = _METRICS.get(name.partition("{")[0])
        if key is not None:
            found[key] += int(float(value))
    return Dealt(**found)


class Counter:
    """Follows ingest, over its restarts, in a thread of its own. A context manager."""

    def __init__(self, url: str, fetch: Callable[[str], bytes | None] = read) -> None:
        self._url = url
        self._fetch = fetch
        self._before = self._present = Dealt()
        self._changed = time.monotonic()
        self._heard = False
        self.restarts = 0
        """How often ingest began anew: what it dealt with in its last moments is then not counted."""
        self._stopping = Event()
        self._thread = Thread(target=self._follow, name="counter", daemon=True)

    @property
    def dealt(self) -> Dealt:
        """Since this counter began."""
        return self._before.plus(self._present)

    @property
    def quiet_s(self) -> float:
        """For how long nothing was dealt with, seconds."""
        return time.monotonic() - self._changed

    def keeping_up(self) -> int:
        """Elements dealt with; more than there can be while ingest answers and has nothing to do.

        The limit a publisher sets by it must not outlast what it is there for: elements that ingest dealt with just
        before it was killed are never counted.
        """
        return sys.maxsize if self._heard and self.quiet_s > IDLE_S else self.dealt.elements

    def look(self) -> None:
        """Ask ingest once."""
        body = self._fetch(self._url)
        self._heard = body is not None
        if body is None:
            self._changed = time.monotonic()
            return
        seen = parse(body.decode())
        if seen.elements < self._present.elements:
            self._before = self._before.plus(self._present)
            self.restarts += 1
        elif seen == self._present:
            return
        self._present, self._changed = seen, time.monotonic()

    def _follow(self) -> None:
        while not self._stopping.wait(INTERVAL_S):
            self.look()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._thread.join()
