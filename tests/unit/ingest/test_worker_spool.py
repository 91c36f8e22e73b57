"""What a worker does with its spool: when the database is away, when it is back, and when the spool refuses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest

from ingest import worker as module
from ingest.keeper import Keeper
from ingest.link import Link
from ingest.receiver import Received
from ingest.spool import Limits, Piece, Spools
from store.errors import Unavailable
from tests.unit.ingest.worker_surroundings import SETTINGS, Session, Surroundings, arranged, message

LIMITS = Limits(size_bytes=10**9, age_h=1_000_000, reserve_bytes=0)


@pytest.fixture
def around(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Surroundings:
    found = arranged(monkeypatch)
    found.spools = Spools(tmp_path / "spool", LIMITS)
    monkeypatch.setattr(module, "SPOOL_AGAIN_S", 0.0)
    return found


def go_away(around: Surroundings) -> Callable[[], None]:
    def away() -> None:
        around.is_away = True
        around.failures = [Unavailable("away")]

    return away


def come_back_after(around: Surroundings, acknowledged: int) -> None:
    """The database is back once so many messages were acknowledged without it."""
    make = around.make

    def with_end(slot: int) -> Session:
        session = make(slot)
        assert isinstance(session, Session)
        acknowledge = session.acknowledge

        def counting(messages: Sequence[Received]) -> int:
            count = acknowledge(messages)
            around.is_away = around.is_away and len(session.acknowledged) < acknowledged
            return count

        session.acknowledge = counting  # type: ignore[method-assign]
        return session

    around.make = with_end


def until_replayed(around: Surroundings) -> None:
    """The session has no more, but the worker is stopped only when the spool is empty."""

    def end() -> None:
        if around.spools is not None and around.spools.is_empty:
            around.stopping.set()

    around._end = end  # type: ignore[method-assign]


def test_while_the_database_is_away_messages_are_spooled_and_acknowledged_and_then_stored_in_order(
    around: Surroundings,
) -> None:
    around.batches = [[message(1), message(2)], [message(3)], [message(4)], [message(5)]]
    around.at_the_first_write = go_away(around)
    come_back_after(around, 4)
    until_replayed(around)
    around.run()
    assert [vac for batch in around.written for vac in batch] == [f"vac-{n}" for n in range(1, 6)]
    assert around.sessions[0].acknowledged == [1, 2, 3, 4, 5]
    assert len(around.sessions) == 1
    spooled, replayed = (
        around.counted("vop_ingest_spool_messages_total"),
        around.counted("vop_ingest_spool_replayed_messages_total"),
    )
    assert spooled == replayed >= 4
    assert around.counted("vop_ingest_messages_received_total") == 5


def test_replayed_messages_are_what_was_received(around: Surroundings, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = Received("vop/v1/vac-1/up/telemetry", b"\x00\xff", "application/json", False, 1_790_000_000_123, 7, 1)
    kept: list[Received] = []
    keep = Keeper.keep

    def noted(self: Keeper, conn: object, messages: Sequence[Received], *, replayed: bool = False) -> None:
        keep(self, conn, messages, replayed=replayed)  # type: ignore[arg-type]
        kept.extend(messages)

    monkeypatch.setattr(Keeper, "keep", noted)
    around.batches = [[odd]]
    around.at_the_first_write = go_away(around)
    come_back_after(around, 1)
    until_replayed(around)
    around.run()
    assert kept == [odd._replace(packet_id=0, connection=0)]


def test_what_an_earlier_worker_has_spooled_comes_before_what_arrives(around: Surroundings) -> None:
    assert around.spools is not None
    around.spools.append([message(1), message(2)])
    around.spools.close()
    around.batches = [[message(3)]]
    until_replayed(around)
    around.run()
    assert [vac for batch in around.written for vac in batch] == ["vac-1", "vac-2", "vac-3"]
    assert around.sessions[0].acknowledged == [3]


def test_a_worker_that_stands_by_replays_too(around: Surroundings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert around.spools is not None
    around.spools.append([message(1)])
    monkeypatch.setattr("store.slots.acquire", lambda *_, **__: None)
    around.at_the_first_write = around.stopping.set
    around.run()
    assert around.written == [["vac-1"]]
    assert around.sessions == []


def test_under_load_the_spool_shrinks_with_every_turn(around: Surroundings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three messages come in each turn for as long as there is a spool: it is emptied all the same."""
    monkeypatch.setattr(module, "REPLAY_MESSAGES", 2)
    assert around.spools is not None
    around.spools.append([message(n) for n in range(100)])
    spools, numbers = around.spools, iter(range(100, 10_000))

    class Busy(Session):
        def take(self, _timeout_s: float) -> list[Received]:
            if spools.is_empty:
                around.stopping.set()
                return []
            return [message(next(numbers)) for _ in range(3)]

    def make(_slot: int) -> Session:
        around.sessions.append(Busy([], around._end))
        return around.sessions[-1]

    around.make = make
    around.run()
    written = [vac for batch in around.written for vac in batch]
    assert written == [f"vac-{n}" for n in range(len(written))]
    assert 100 < len(written) < 400
    assert len(around.sessions[0].acknowledged) == len(written) - 100


def test_a_spool_that_refuses_stops_reading_and_nothing_is_acknowledged(
    around: Surroundings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    around.spools = Spools(tmp_path / "small", Limits(size_bytes=1, age_h=1, reserve_bytes=0))
    around.batches = [[message(1)], [message(2)]]
    around.at_the_first_write = go_away(around)
    looks: list[int] = []
    connect = around.connect

    def looking(url: str, **more: object) -> object:
        if around.is_away and around.sessions:
            # However often it looks for the database, the second batch is not taken.
            looks.append(len(around.sessions[0].batches))
            assert around.sessions[0].acknowledged == []
            around.is_away = len(looks) < 5
        return connect(url, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ingest.link.connect", looking)
        around.run()
    assert looks == [1] * 5
    assert around.written == [["vac-1"], ["vac-2"]]
    assert around.sessions[0].acknowledged == [1, 2]
    refused = around.metrics.registry.get_sample_value("vop_ingest_spool_refusals_total", {"reason": "full"})
    assert refused is not None
    assert refused >= 1
    assert caplog.text.count("the spool takes no more") == 1


def test_stopping_while_the_database_is_away_spools_what_is_held(around: Surroundings) -> None:
    around.batches = [[message(1)], [message(2)]]
    away = go_away(around)

    def away_and_stopping() -> None:
        away()
        around.stopping.set()

    around.at_the_first_write = away_and_stopping
    around.run()
    assert around.sessions[0].acknowledged == [1, 2]
    assert around.written == []
    again = Spools(around.spools.root if around.spools else Path(), LIMITS)
    again.prepare()
    piece = again.read(10, 1_000)
    assert piece is not None
    assert [m.topic for m in piece.messages] == [message(1).topic, message(2).topic]
    again.close()


def test_a_spool_that_cannot_be_made_does_not_stop_the_worker(around: Surroundings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    around.spools = Spools(tmp_path / "file" / "spool", LIMITS)
    around.batches = [[message(1)]]
    around.run()
    assert around.written == [["vac-1"]]


def test_after_a_batch_that_took_too_long_smaller_ones_are_tried(
    around: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    around.spools = None
    around.batches = [[message(n) for n in range(8)]]
    monkeypatch.setattr(Link, "overdue", property(lambda _self: True, lambda _self, _value: None), raising=False)
    around.failures = [Unavailable("slow"), Unavailable("slow")]
    around.run()
    assert [len(batch) for batch in around.written] == [2, 4, 2]
    assert around.sessions[0].acknowledged == list(range(8))


def test_a_batch_of_much_payload_is_stored_in_several_transactions(around: Surroundings) -> None:
    around.settings = replace(SETTINGS, batch_bytes=100)
    around.batches = [
        [message(n)._replace(payload=b"x" * 40) for n in range(5)],
        [message(9)._replace(payload=b"x" * 500)],
    ]
    around.run()
    assert [len(batch) for batch in around.written] == [2, 2, 1, 1]
    assert around.sessions[0].acknowledged == [0, 1, 2, 3, 4, 9]


@pytest.mark.parametrize(("reconnects", "left"), [(1, False), (2, True)])
def test_who_has_no_lock_and_whose_connection_ends_again_and_again_leaves_the_session(
    around: Surroundings, reconnects: int, left: bool
) -> None:
    """A broker may end a connection without saying that the session was taken over: two would fight for it for ever."""
    around.batches = [[message(1)], [message(2)], [message(3)], [message(4)]]
    around.at_the_first_write = go_away(around)
    make = around.make

    def with_end(slot: int) -> Session:
        session = make(slot)
        assert isinstance(session, Session)
        take = session.take

        def taking(timeout_s: float) -> list[Received]:
            if around.is_away and session.connections <= reconnects:
                session.connections += 1
            return take(timeout_s)

        session.take = taking  # type: ignore[method-assign, assignment]
        return session

    around.make = with_end
    if left:
        # Once it has left there is nothing to take: the database alone can give it a slot again.
        wait = Link.look

        def look(self: Link, wait_s: float = 0.0) -> object:
            if around.sessions and "stop" in around.sessions[0].calls:
                around.stopping.set()
            return wait(self, 0.0 if wait_s else wait_s)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Link, "look", look)
            around.run()
        assert around.sessions[0].acknowledged == [1, 2, 3]
        assert around.sessions[0].calls == ["start", "stop"]
    else:
        around.run()
        assert around.sessions[0].acknowledged == [1, 2, 3, 4]


def test_a_spool_that_cannot_be_read_is_said_once_and_read_when_it_can(
    around: Surroundings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert around.spools is not None
    around.spools.append([message(1)])
    read, failures = Spools.read, [OSError("no permission")] * 3

    def reading(self: Spools, messages: int, size: int) -> Piece | None:
        if failures:
            raise failures.pop()
        return read(self, messages, size)

    monkeypatch.setattr(Spools, "read", reading)
    until_replayed(around)
    around.run()
    assert around.written == [["vac-1"]]
    assert caplog.text.count("the spool cannot be read") == 1
    assert failures == []


def test_a_stop_ends_in_time_whatever_the_database_does_with_each_batch(
    around: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is left of the time is the limit of the next batch, not all of it again."""
    limits: list[float] = []
    limited = Link.limited

    def noted(self: Link, within_s: float) -> AbstractContextManager[None]:
        limits.append(within_s)
        return limited(self, within_s)

    monkeypatch.setattr(Link, "limited", noted)
    around.settings = replace(SETTINGS, commit_within_s=60)
    around.batches = [[message(1)], [message(2)], [message(3)]]
    around.at_the_first_write = around.stopping.set
    around.run()
    assert around.sessions[0].acknowledged == [1, 2, 3]
    _slot, first, *_beat, second, third, leaving = limits
    assert first == 60
    assert module.STOP_WITHIN_S > second > third > 0
    assert leaving == module.LEAVE_WITHIN_S
