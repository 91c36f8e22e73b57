"""The worker's connection: made beside its work, given up when it is silent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any, cast

import pytest

from ingest import link as module
from ingest.link import Link
from store.answering import Limit
from store.errors import SchemaError, Unavailable
from tests.waiting import poll


class Conn:
    def __init__(self) -> None:
        self.closed = False

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def attempts(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], Conn]]:
    """What the next attempts do; the last of them from then on."""
    script: list[Callable[[], Conn]] = [Conn]

    def connect(_url: str, **_: Any) -> Conn:
        return (script.pop(0) if len(script) > 1 else script[0])()

    monkeypatch.setattr(module, "connect", connect)
    monkeypatch.setattr(module, "require_current", lambda _conn: None)
    monkeypatch.setattr(module, "FIRST_PAUSE_S", 0.001)
    return script


def away() -> Conn:
    raise Unavailable("no server at db.example")


def test_nobody_waits_for_an_attempt_that_hangs(attempts: list[Callable[[], Conn]]) -> None:
    answered = Event()
    made = Conn()

    def hang() -> Conn:
        answered.wait()
        return made

    attempts[:] = [hang]
    link = Link("", application="test")
    assert link.look() is None
    assert link.look(0.01) is None
    answered.set()
    assert cast("object", poll(link.look)) is made
    link.close()
    assert made.closed


def test_it_is_tried_again_and_said_once(attempts: list[Callable[[], Conn]], caplog: pytest.LogCaptureFixture) -> None:
    attempts[:] = [away, away, away, Conn]
    link = Link("", application="test")
    poll(lambda: link.look(0.01))
    assert caplog.text.count("no server at db.example") == 1
    link.close()


def test_a_dropped_connection_is_replaced(attempts: list[Callable[[], Conn]]) -> None:
    link = Link("", application="test")
    first = poll(lambda: link.look(0.01))
    link.drop()
    assert link.conn is None
    assert poll(lambda: link.look(0.01)) is not first
    link.close()


def test_what_does_not_fit_is_raised_where_it_is_asked_for(
    attempts: list[Callable[[], Conn]], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Conn()
    attempts[:] = [lambda: made]

    def refuse(_conn: object) -> None:
        raise SchemaError("run `vop migrate`")

    monkeypatch.setattr(module, "require_current", refuse)
    link = Link("", application="test")
    with pytest.raises(SchemaError):
        poll(lambda: link.look(0.01))
    assert made.closed


def test_a_connection_that_comes_too_late_is_closed(attempts: list[Callable[[], Conn]]) -> None:
    answered, made = Event(), Conn()

    def hang() -> Conn:
        answered.wait()
        return made

    attempts[:] = [hang]
    link = Link("", application="test")
    link.look()
    link.close()
    answered.set()
    poll(lambda: made.closed)


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, float]]:
    """The limits that were set, of which connection; each has passed when it is asked."""
    found: list[tuple[object, float]] = []

    @contextmanager
    def limited(conn: object, within_s: float) -> Iterator[Limit]:
        found.append((conn, within_s))
        yield Limit(within_s, 0.0, passed=within_s < 1)

    monkeypatch.setattr(module, "limited", limited)
    return found


def test_a_block_that_took_too_long_is_told_until_the_next(
    attempts: list[Callable[[], Conn]], limits: list[tuple[object, float]]
) -> None:
    link = Link("", application="test")
    conn = poll(lambda: link.look(0.01))
    assert not link.overdue
    for within_s, overdue in ((0.01, True), (60, False)):
        with link.limited(within_s):
            pass
        assert link.overdue == overdue
    assert limits[-2:] == [(conn, 0.01), (conn, 60)]
    link.close()


def test_a_server_that_lets_us_in_and_then_does_not_answer_is_given_up(
    attempts: list[Callable[[], Conn]], limits: list[tuple[object, float]], monkeypatch: pytest.MonkeyPatch
) -> None:
    silent, second = Conn(), Conn()
    attempts[:] = [lambda: silent, lambda: second]

    def ask(conn: Conn) -> None:
        if conn is silent:
            assert limits == [(silent, module.CHECK_WITHIN_S)]
            raise Unavailable("no answer")

    monkeypatch.setattr(module, "require_current", ask)
    link = Link("", application="test")
    assert cast("object", poll(lambda: link.look(0.01))) is second
    assert silent.closed
    link.close()
