"""A broker, a database and slots that do what a test of the worker says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from threading import Event
from typing import Any, cast

import pytest

import catalog
from ingest import link
from ingest.metrics import Metrics
from ingest.receiver import Received, Receiver
from ingest.settings import Settings
from ingest.spool import Spools
from ingest.worker import Worker
from store import slots
from store.errors import Unavailable
from store.intake import Arrival, Intake, Outcome
from store.registry import Registry
from store.slots import Slot

CATALOG = catalog.load()
SETTINGS = Settings(mqtt_url="mqtt://broker", share="ingest")
Batch = list[Received]


def message(number: int, *, retain: bool = False) -> Received:
    return Received(f"vop/v1/vac-{number}/up/telemetry", b"{}", None, retain, 1_790_000_000_000, number, 1)


class Conn:
    """A connection: open until closed."""

    def __init__(self) -> None:
        self.closed = False

    def close(self) -> None:
        self.closed = True


class Session:
    """A receiver with scripted batches; `end` is called when it has no more."""

    def __init__(self, batches: Sequence[Batch], end: Callable[[], None]) -> None:
        self.connected = True
        self.connections = 1
        self.answered = True
        self.taken_over = False
        self.refused: str | None = None
        self.batches = list(batches)
        self.acknowledged: list[int] = []
        self.calls: list[str] = []
        self._end = end

    def start(self) -> None:
        self.calls.append("start")

    def take(self, _timeout_s: float) -> Batch:
        if self.batches:
            return self.batches.pop(0)
        self._end()
        return []

    def acknowledge(self, messages: Sequence[Received]) -> int:
        self.acknowledged += [m.packet_id for m in messages]
        return len(messages)

    def unsubscribe(self) -> None:
        self.calls.append("unsubscribe")

    def ask(self) -> None:
        self.calls.append("ask")

    def finish(self) -> None:
        self.calls.append("finish")

    def stop(self, *, end_session: bool = False) -> None:
        self.calls.append("stop and forget" if end_session else "stop")


class Surroundings:
    """Everything a worker meets, and what it did to it."""

    def __init__(self) -> None:
        self.conns: list[Conn] = []
        self.sessions: list[Session] = []
        self.last_session = 1
        self.batches: list[Batch] = []
        self.stopping = Event()
        self.written: list[list[str]] = []
        self.failures: list[Exception] = []
        self.at_the_first_write: Callable[[], None] | None = None
        self.held: dict[int, Conn] = {}
        self.rows: list[Slot] = []
        self.metrics = Metrics()
        self.make: Callable[[int], Receiver] = self._make
        self.spools: Spools | None = None
        self.settings = SETTINGS
        self.is_away = False
        self.heard: list[bool] = []

    def run(self) -> None:
        """A worker's whole life."""
        worker = Worker(self.settings, CATALOG, self.make, self.metrics, self.stopping, self.spools)
        worker._stopping = cast("Event", Never(self.stopping))
        worker.run()

    def _make(self, _slot: int) -> Receiver:
        session = Session(self.batches, self._end)
        self.batches = []
        self.sessions.append(session)
        return session

    def _end(self) -> None:
        """A session has no more: the test is over, unless another session is to come."""
        if len(self.sessions) >= self.last_session:
            self.stopping.set()

    def connect(self, _url: str, **_: Any) -> Conn:
        if self.is_away:
            raise Unavailable("away")
        self.conns.append(Conn())
        return self.conns[-1]

    def write(self, _conn: Conn, arrivals: Sequence[Arrival]) -> Outcome:
        if self.at_the_first_write is not None:
            happens, self.at_the_first_write = self.at_the_first_write, None
            happens()
        if self.failures:
            raise self.failures.pop(0)
        self.written.append([a.topic.split("/")[2] for a in arrivals])
        return Outcome(rejects=[(n, r) for n, a in enumerate(arrivals) for r in a.rejects])

    def acquire(self, conn: Conn, count: int, _worker: str, *, only: int | None = None, new: bool = True) -> int | None:
        for slot in [only] if only is not None else range(count):
            holder = self.held.get(slot)
            if holder is None or holder.closed or holder is conn:
                self.held[slot] = conn
                return slot
        return None

    def release(self, _conn: Conn, slot: int, *, drained: bool = False) -> None:
        del self.held[slot]

    def counted(self, name: str) -> float:
        return self.metrics.registry.get_sample_value(name) or 0.0


class Never:
    """Waiting that takes no time."""

    def __init__(self, event: Event) -> None:
        self.is_set = event.is_set
        self.set = event.set

    def wait(self, _timeout: float) -> bool:
        return self.is_set()


def arranged(monkeypatch: pytest.MonkeyPatch) -> Surroundings:
    """Surroundings put in the place of the real ones for one test."""
    found = Surroundings()
    monkeypatch.setattr(link, "connect", found.connect)
    monkeypatch.setattr(link, "require_current", lambda _conn: None)
    monkeypatch.setattr(link, "FIRST_PAUSE_S", 0.0)
    monkeypatch.setattr(Intake, "write", found.write)
    monkeypatch.setattr(Registry, "lookup", lambda *_: {})
    monkeypatch.setattr(slots, "acquire", found.acquire)
    monkeypatch.setattr(slots, "release", found.release)
    monkeypatch.setattr(slots, "beat", lambda *_, hearing: found.heard.append(hearing))
    monkeypatch.setattr(slots, "listing", lambda _conn: found.rows)
    found.rows = [slot_row(0, held=True)]
    return found


def slot_row(slot: int, *, held: bool, seen_s_ago: float = 0.0) -> Slot:
    seen = datetime.fromtimestamp(datetime.now(UTC).timestamp() - seen_s_ago, UTC)
    return Slot(slot, "w" if held else None, None, seen, None, held, None)
