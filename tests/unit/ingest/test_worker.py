"""The worker's decisions, with a broker, a database and slots that do what the test says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Event, Timer
from typing import cast

import pytest

from ingest import draining, holding, link
from ingest import worker as module
from ingest.errors import BrokerRefused
from ingest.receiver import Receiver
from store import slots
from store.answering import Limit
from store.errors import SchemaError, Unavailable
from tests.unit.ingest.worker_surroundings import SETTINGS, Conn, Session, Surroundings, arranged, message, slot_row


@pytest.fixture
def around(monkeypatch: pytest.MonkeyPatch) -> Surroundings:
    return arranged(monkeypatch)


def test_what_is_stored_is_acknowledged_in_order(around: Surroundings) -> None:
    around.batches = [[message(1), message(2)], [message(3)]]
    around.run()
    assert around.written == [["vac-1", "vac-2"], ["vac-3"]]
    assert around.sessions[0].acknowledged == [1, 2, 3]
    assert around.sessions[0].calls == ["start", "finish", "stop"]
    assert (around.held, around.conns[0].closed) == ({}, True)
    assert around.counted("vop_ingest_messages_acknowledged_total") == 3


def test_retained_copies_are_acknowledged_and_not_stored(around: Surroundings) -> None:
    around.batches = [[message(1, retain=True), message(2)], [message(3, retain=True)]]
    around.run()
    assert around.written == [["vac-2"]]
    assert around.sessions[0].acknowledged == [1, 2, 3]


def test_while_the_database_is_away_the_batch_is_held_and_nothing_more_is_taken(around: Surroundings) -> None:
    around.batches = [[message(1)], [message(2)]]
    around.failures = [Unavailable("away"), Unavailable("away"), Unavailable("away")]
    around.run()
    assert around.written == [["vac-1"], ["vac-2"]]
    assert around.sessions[0].acknowledged == [1, 2]
    assert len(around.sessions) == 1
    assert len(around.conns) == 4
    assert around.counted("vop_ingest_batch_failures_total") == 3


def test_stopping_while_the_database_is_away_leaves_it_unacknowledged(around: Surroundings) -> None:
    around.batches = [[message(1)]]
    around.failures = [Unavailable("away")] * 9
    around.at_the_first_write = around.stopping.set
    around.run()
    assert around.sessions[0].acknowledged == []
    assert around.sessions[0].calls[-1] == "stop"


def test_a_slot_taken_by_another_meanwhile_is_left_to_it_with_its_messages(
    around: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "SLOT_PATIENCE_S", 0.0)
    around.batches = [[message(1)]]
    stranger = Conn()

    def lose_the_slot() -> None:
        around.held[0] = stranger

    around.at_the_first_write = lose_the_slot
    around.failures = [Unavailable("away")]
    around.run()
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

    around.make = make
    around.run()
    assert [s.acknowledged for s in around.sessions] == [[], []]
    assert around.conns[0].closed


def test_a_broker_that_keeps_it_out_ends_it(around: Surroundings) -> None:
    begun = around._make

    def make(slot: int) -> Receiver:
        session = cast("Session", begun(slot))
        session.refused = "the broker refuses ingest-0"
        return session

    around.make = make
    with pytest.raises(BrokerRefused, match="refuses ingest-0"):
        around.run()
    assert (around.held, around.conns[0].closed, around.sessions[0].calls[-1]) == ({}, True, "stop")


def test_a_schema_that_does_not_fit_ends_it(around: Surroundings) -> None:
    around.batches = [[message(1)]]
    around.failures = [SchemaError("run `vop migrate`")]
    with pytest.raises(SchemaError):
        around.run()
    assert around.sessions[0].acknowledged == []
    assert around.held == {}


def test_the_worker_of_the_highest_slot_moves_to_one_that_lost_its_worker(
    around: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draining, "DRY_AFTER_S", 0.0)
    around.last_session = 2
    around.held[0] = Conn()
    around.rows = [slot_row(0, held=False, seen_s_ago=11), slot_row(1, held=True)]
    begun = around._make

    def make(slot: int) -> Receiver:
        around.held[0].close()  # whoever had it is gone
        return begun(slot)

    around.make = make
    around.run()
    assert around.sessions[0].calls == ["start", "unsubscribe", "ask", "stop and forget", "stop"]
    assert around.sessions[1].calls == ["start", "finish", "stop"]


def test_without_a_share_the_one_session_is_never_left(around: Surroundings) -> None:
    """A slot of an earlier way of working has no worker: ending ours for it would lose what devices send meanwhile."""
    around.settings = replace(SETTINGS, share="")
    around.rows = [slot_row(0, held=True), slot_row(1, held=False, seen_s_ago=90)]
    around.run()
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

    around.make = make
    around.run()
    assert len(around.sessions) == 2
    assert around.conns[0].closed
    assert len(around.conns) == 2


@pytest.mark.parametrize("asked", ["acquire", "beat", "listing", "release"])
def test_a_database_that_freezes_between_batches_is_given_up(
    around: Surroundings, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    """It answers to TCP and to nothing else, and only looking for a slot, the beat and leaving ask it anything."""
    severed = Event()
    asks: Callable[..., object] = getattr(slots, asked)

    def frozen(*given: object, **named: object) -> object:
        monkeypatch.setattr(slots, asked, asks)
        if not severed.wait(60):
            raise AssertionError(f"{asked} waits for ever")
        raise Unavailable("severed")

    monkeypatch.setattr(slots, asked, frozen)

    @contextmanager
    def limited(_conn: object, within_s: float) -> Iterator[Limit]:
        timer = Timer(within_s, severed.set)
        timer.start()
        try:
            yield Limit(within_s, 0.0)
        finally:
            timer.cancel()

    monkeypatch.setattr(link, "limited", limited)
    monkeypatch.setattr(module, "LEAVE_WITHIN_S", 0.01)
    monkeypatch.setattr(module, "STOP_WITHIN_S", 0.01)
    around.settings = replace(SETTINGS, commit_within_s=0)
    around.batches = [[message(1)]]
    around.run()
    assert severed.is_set()
    assert around.conns[0].closed
    assert around.sessions[-1].calls[-1] == "stop"
