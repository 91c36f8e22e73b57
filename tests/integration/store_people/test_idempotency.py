"""An Idempotency-Key: one request does the work, whoever comes later learns how it went."""

from datetime import UTC, datetime

import pytest

from store import idempotency
from store.database import Connection, connect
from store.errors import NotFound
from store.idempotency import KEPT, InProgress, Mismatch, New, Replay

WHO, KEY, REQUEST = "user:sara", "k-1", b"\x01" * 32


def age(conn: Connection, interval: str) -> None:
    conn.execute("UPDATE idempotency SET created_at = now() - %s::interval", (interval,))
    conn.commit()


def test_the_second_request_gets_the_first_ones_answer(conn: Connection) -> None:
    assert idempotency.claim(conn, WHO, KEY, REQUEST) == New()
    idempotency.finish(conn, WHO, KEY, 201, {"device": "rv-1"})
    conn.commit()
    assert idempotency.claim(conn, WHO, KEY, REQUEST) == Replay(201, {"device": "rv-1"})
    assert idempotency.claim(conn, WHO, KEY, b"\x02" * 32) == Mismatch()
    assert idempotency.claim(conn, "user:omid", KEY, REQUEST) == New()
    assert idempotency.claim(conn, WHO, "k-2", REQUEST) == New()


def test_while_the_first_runs_nobody_waits(database: str, conn: Connection) -> None:
    assert idempotency.claim(conn, WHO, KEY, REQUEST) == New()
    with connect(database, statement_timeout_ms=5_000) as other:
        assert idempotency.claim(other, WHO, KEY, REQUEST) == InProgress()
        other.commit()
        idempotency.finish(conn, WHO, KEY, 201, None)
        conn.commit()
        assert idempotency.claim(other, WHO, KEY, REQUEST) == Replay(201, None)


def test_a_request_that_failed_leaves_nothing(database: str, conn: Connection) -> None:
    assert idempotency.claim(conn, WHO, KEY, REQUEST) == New()
    conn.rollback()
    with connect(database) as other:
        assert idempotency.claim(other, WHO, KEY, REQUEST) == New()


def test_a_claim_whose_holder_died_is_taken_over(conn: Connection) -> None:
    assert idempotency.claim(conn, WHO, KEY, REQUEST) == New()
    conn.commit()
    assert idempotency.claim(conn, WHO, KEY, REQUEST) == InProgress()
    age(conn, "6 minutes")
    assert idempotency.claim(conn, WHO, KEY, REQUEST) == New()


def test_a_key_is_kept_for_a_day(conn: Connection) -> None:
    idempotency.claim(conn, WHO, KEY, REQUEST)
    idempotency.finish(conn, WHO, KEY, 201, None)
    age(conn, "23 hours 59 minutes")
    assert idempotency.forget(conn, datetime.now(UTC) - KEPT) == 0
    assert idempotency.claim(conn, WHO, KEY, REQUEST) == Replay(201, None)
    age(conn, "24 hours 1 minute")
    assert idempotency.claim(conn, WHO, KEY, REQUEST) == New()
    age(conn, "24 hours 1 minute")
    assert idempotency.forget(conn, datetime.now(UTC) - KEPT) == 1


def test_only_what_was_claimed_is_finished(conn: Connection) -> None:
    with pytest.raises(NotFound):
        idempotency.finish(conn, WHO, KEY, 201, None)
