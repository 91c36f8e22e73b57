"""The worker's decisions, with a broker, a database and slots that do what the test says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from threading import Event
from typing import Any, cast

import pytest

import catalog
from ingest import worker as module
from ingest.errors import BrokerRefused
from ingest.metrics import Metrics
from ingest.receiver import Received, Receiver
from ingest.settings import Settings
from ingest.worker import Worker
from store import slots
from store.errors import SchemaError, Unavailable
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
        self.worker = Worker(SETTINGS, CATALOG, self._make, self.metrics, self.stopping)

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


@pytest.fixture
def around(monkeypatch: pytest.MonkeyPatch) -> Surroundings:
    found = Surroundings()
    monkeypatch.setattr(module, "connect", found.connect)
    monkeypatch.setattr(module, "require_current", lambda _conn: None)
    monkeypatch.setattr(Intake, "write", found.write)
    monkeypatch.setattr(Registry, "lookup", lambda *_: {})
    monkeypatch.setattr(slots, "acquire", found.acquire)
    monkeypatch.setattr(slots, "release", found.release)
    monkeypatch.setattr(slots, "beat", lambda *_: None)
    monkeypatch.setattr(slots, "listing", lambda _conn: found.rows)
    monkeypatch.setattr(found.worker, "_stopping", Never(found.stopping))
    found.rows = [slot_row(0, held=True)]
    return found


def slot_row(slot: int, *, held: bool, seen_s_ago: float = 0.0) -> Slot:
    seen = datetime.fromtimestamp(datetime.now(UTC).timestamp() - seen_s_ago, UTC)
    return Slot(slot, "w" if held else None, None, seen, None, held)


def test_what_is_stored_is_acknowledged_in_order(around: Surroundings) -> None:
    around.batches = [[message(1), message(2)], [message(3)]]
    around.worker.run()
    assert around.written == [["vac-1", "vac-2"], ["vac-3"]]
    assert around.sessions[0].acknowledged == [1, 2, 3]
    assert around.sessions[0].calls == ["start", "finish", "stop"]
    assert (around.held, around.conns[0].closed) == ({}, True)
    assert around.counted("vop_ingest_messages_acknowledged_total") == 3


def test_retained_copies_are_acknowledged_and_not_stored(around: Surroundings) -> None:
    around.batches = [[message(1, retain=True), message(2)], [message(3, retain=True)]]
    around.worker.run()
    assert around.written == [["vac-2"]]
    assert around.sessions[0].acknowledged == [1, 2, 3]


def test_while_the_database_is_away_the_batch_is_held_and_nothing_more_is_taken(around: Surroundings) -> None:
    around.batches = [[message(1)], [message(2)]]
    around.failures = [Unavailable("away"), Unavailable("away"), Unavailable("away")]
    around.worker.run()
    assert around.written == [["vac-1"], ["vac-2"]]
    assert around.sessions[0].acknowledged == [1, 2]
    assert len(around.sessions) == 1
    assert len(around.conns) == 4
    assert around.counted("vop_ingest_batch_failures_total") == 3


def test_stopping_while_the_database_is_away_leaves_it_unacknowledged(around: Surroundings) -> None:
    around.batches = [[message(1)]]
    around.failures = [Unavailable("away")] * 9
    around.at_the_first_write = around.stopping.set
    around.worker.run()
    assert around.sessions[0].acknowledged == []
    assert around.sessions[0].calls[-1] == "stop"


def test_a_slot_taken_by_another_meanwhile_is_left_to_it_with_its_messages(
    around: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SLOT_PATIENCE_S", 0.0)
    around.batches = [[message(1)]]
    stranger = Conn()

    def lose_the_slot() -> None:
        around.held[0] = stranger

    around.at_the_first_write = lose_the_slot
    around.failures = [Unavailable("away")]
    around.worker.run()
    first, second = around.sessions
    assert (first.acknowledged, first.calls) == ([], ["start", "stop"])
    assert around.written == []  # the batch went with its session: it comes again to whoever holds that
    assert second.calls[0] == "start"
    assert around.held == {0: stranger}


def test_who_is_put_out_of_its_session_begins_again_with_another_connection(around: Surroundings) -> None:
    around.batches = [[message(1)]]
    around.last_session = 2
    begun = around._make

    def make(slot: int) -> Receiver:
        session = cast("Session", begun(slot))
        session.taken_over = len(around.sessions) == 1
        return session

    around.worker._make_receiver = make
    around.worker.run()
    assert [s.acknowledged for s in around.sessions] == [[], []]
    assert around.conns[0].closed


def test_a_broker_that_keeps_it_out_ends_it(around: Surroundings) -> None:
    begun = around._make

    def make(slot: int) -> Receiver:
        session = cast("Session", begun(slot))
        session.refused = "the broker refuses ingest-0"
        return session

    around.worker._make_receiver = make
    with pytest.raises(BrokerRefused, match="refuses ingest-0"):
        around.worker.run()
    assert (around.held, around.conns[0].closed, around.sessions[0].calls[-1]) == ({}, True, "stop")


def test_a_schema_that_does_not_fit_ends_it(around: Surroundings) -> None:
    around.batches = [[message(1)]]
    around.failures = [SchemaError("run `vop migrate`")]
    with pytest.raises(SchemaError):
        around.worker.run()
    assert around.sessions[0].acknowledged == []
    assert around.held == {}


def test_the_worker_of_the_highest_slot_moves_to_one_that_lost_its_worker(
    around: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "DRY_AFTER_S", 0.0)
    around.last_session = 2
    around.held[0] = Conn()
    around.rows = [slot_row(0, held=False, seen_s_ago=11), slot_row(1, held=True)]
    begun = around._make

    def make(slot: int) -> Receiver:
        around.held[0].close()  # whoever had it is gone
        return begun(slot)

    around.worker._make_receiver = make
    around.worker.run()
    assert around.sessions[0].calls == ["start", "unsubscribe", "stop and forget", "stop"]
    assert around.sessions[1].calls == ["start", "finish", "stop"]


def test_without_a_share_the_one_session_is_never_left(around: Surroundings) -> None:
    """A slot of an earlier way of working has no worker: ending ours for it would lose what devices send meanwhile."""
    around.worker._settings = replace(SETTINGS, share="")
    around.rows = [slot_row(0, held=True), slot_row(1, held=False, seen_s_ago=90)]
    around.worker.run()
    assert around.sessions[0].calls == ["start", "finish", "stop"]
    assert around.counted("vop_ingest_slots_unheld") == 1


def test_who_is_put_out_while_it_moves_gives_up_the_lock_of_the_slot_it_leaves(around: Surroundings) -> None:
    """Else it would hold two slots, and the first would look served for as long as the worker lives."""
    around.last_session = 2
    around.held[0] = Conn()
    around.rows = [slot_row(0, held=False, seen_s_ago=11), slot_row(1, held=True)]
    begun = around._make

    def make(slot: int) -> Receiver:
        session = cast("Session", begun(slot))
        if len(around.sessions) == 1:

            def put_out() -> None:
                session.taken_over = True
                around.rows = [slot_row(1, held=True)]

            session.unsubscribe = put_out  # type: ignore[method-assign]
        return session

    around.worker._make_receiver = make
    around.worker.run()
    assert len(around.sessions) == 2
    assert around.conns[0].closed
    assert len(around.conns) == 2
