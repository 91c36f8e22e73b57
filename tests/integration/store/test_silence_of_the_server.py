"""A server that is frozen: who waits for it is told, and the connection is replaced when it goes on."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from threading import Event, Thread

import psycopg
import pytest

from store import notify
from store.answering import Limit, interrupt, limited, patient
from store.database import Connection, Database, connect
from store.errors import Interrupted, SchemaError, StoreError, Unavailable, translated
from tests.faults.proxy import Proxy
from tests.freezing import frozen
from tests.platform_services import Server
from tests.waiting import poll


@pytest.fixture
def conn(database: str) -> Iterator[Connection]:
    with connect(database, answer_within_s=0.3, autocommit=True) as found:
        yield found


@pytest.fixture
def pool(database: str) -> Iterator[Database]:
    with Database(database, statement_timeout_ms=100) as found:
        with found.connection() as conn:
            conn.execute("SELECT 1")
        yield found


def ask(conn: Connection, question: str = "SELECT 1") -> object:
    with translated():
        return conn.execute(question.encode()).fetchone()


def test_a_statement_without_an_answer_is_given_up(conn: Connection, pg_server: Server) -> None:
    with frozen(pg_server), pytest.raises(Unavailable, match=r"not answered for 0\.3 s"):
        ask(conn)
    assert conn.closed
    with pytest.raises(Unavailable):
        ask(conn)


def test_a_transaction_in_hand_ends_with_its_connection(conn: Connection, database: str, pg_server: Server) -> None:
    conn.execute("CREATE TABLE kept (n int)")

    def insert(other: Connection) -> None:
        with translated(), other.transaction():
            other.execute("INSERT INTO kept VALUES (1)")
            with frozen(pg_server):
                other.execute("INSERT INTO kept VALUES (2)")

    with connect(database, answer_within_s=0.3, autocommit=True) as other, pytest.raises(Unavailable):
        insert(other)
    assert other.closed
    poll(lambda: ask(conn, "SELECT count(*) FROM pg_locks WHERE relation = 'kept'::regclass"), until=(0,).__eq__)
    assert ask(conn, "SELECT count(*) FROM kept") == (0,)


def test_nothing_waits_in_a_pipeline(conn: Connection, pg_server: Server) -> None:
    def both() -> None:
        with translated(), conn.pipeline():
            conn.execute("SELECT 1")
            conn.execute("SELECT 2")

    with frozen(pg_server), pytest.raises(Unavailable):
        both()
    assert conn.closed


def test_nothing_waits_in_a_copy(conn: Connection, pg_server: Server) -> None:
    conn.execute("CREATE TEMPORARY TABLE many (words text)")

    def fill() -> None:
        with translated(), conn.cursor() as cursor, cursor.copy("COPY many FROM STDIN") as copy, frozen(pg_server):
            while True:  # until no buffer on the way takes more
                copy.write(b"x" * 1_000_000 + b"\n")

    with pytest.raises(Unavailable):
        fill()
    assert conn.closed


def test_whoever_is_answered_may_take_long(conn: Connection) -> None:
    """The limit is on silence: rows that keep coming are an answer."""
    rows = conn.execute("SELECT pg_sleep(0.02), repeat('x', 20000) FROM generate_series(1, 30)").fetchall()
    assert len(rows) == 30


def test_a_block_has_a_limit_of_its_own(conn: Connection) -> None:
    def many(limit: Limit) -> None:
        while not limit.passed:
            ask(conn, "SELECT pg_sleep(0.02)")

    with patient(conn, 60), limited(conn, 0.2) as limit, pytest.raises(Unavailable, match=r"for 0\.2 s"):
        many(limit)
    assert limit.passed
    assert conn.closed


def test_after_the_block_its_limit_is_gone(conn: Connection) -> None:
    with patient(conn, 60):
        with limited(conn, 0.1):
            ask(conn)
        assert ask(conn, "SELECT 1 FROM pg_sleep(0.3)") == (1,)


def test_the_longer_patience_of_a_block_ends_with_it(conn: Connection) -> None:
    with patient(conn, 60):
        assert ask(conn, "SELECT 1 FROM pg_sleep(0.5)") == (1,)
    with pytest.raises(Unavailable):
        ask(conn, "SELECT pg_sleep(60)")


def test_only_what_is_ours_is_closed(conn: Connection, pg_server: Server) -> None:
    """A descriptor that was opened when the limit passed is not the connection's, even if it has its number."""
    with frozen(pg_server), pytest.raises(Unavailable):
        ask(conn)
    opened = [os.pipe() for _ in range(20)]
    try:
        for source, sink in opened:
            os.write(sink, b"here")
            assert os.read(source, 4) == b"here"
    finally:
        for ends in opened:
            for end in ends:
                os.close(end)


def test_a_statement_is_interrupted_from_another_thread(conn: Connection) -> None:
    met: list[StoreError] = []

    def wait() -> None:
        try:
            with patient(conn, 60):
                ask(conn, "SELECT pg_sleep(60)")
        except StoreError as error:
            met.append(error)

    thread = Thread(target=wait, daemon=True)
    thread.start()

    def interrupted() -> bool:
        interrupt(conn, 1.0)
        return not thread.is_alive()

    poll(interrupted)
    assert isinstance(met[0], Interrupted)
    assert ask(conn) == (1,)


def test_interrupting_at_a_frozen_server_ends(conn: Connection, pg_server: Server) -> None:
    with patient(conn, 60):
        conn.execute("BEGIN")
        thread = Thread(target=lambda: ask(conn, "SELECT pg_sleep(0.5)"), daemon=True)
        with frozen(pg_server):
            thread.start()
            interrupt(conn, 0.2)
        thread.join(30)
        assert not thread.is_alive()


def test_a_frozen_server_lets_nobody_in_and_that_is_told(
    database: str, pg_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.database.CONNECT_TIMEOUT_S", 2)
    with frozen(pg_server), pytest.raises(Unavailable, match="cannot be reached"):
        connect(database)


def test_a_request_in_hand_and_all_after_it_are_told(pool: Database, pg_server: Server) -> None:
    def two() -> None:
        with pool.connection() as conn:
            ask(conn)
            with frozen(pg_server):
                ask(conn)

    with pytest.raises(Unavailable, match="not answered"):
        two()
    with frozen(pg_server):
        for _ in range(2):
            with pytest.raises(Unavailable, match=r"the database is away: .*answer"), pool.connection(wait_s=1):
                raise AssertionError("nobody can be asked")

    def answers() -> bool:
        try:
            with pool.connection(wait_s=1) as conn:
                return ask(conn) == (1,)
        except Unavailable:
            return False

    poll(answers, what="the pool getting new connections")


def test_a_pool_closes_while_its_server_is_frozen(pool: Database, pg_server: Server) -> None:
    with frozen(pg_server):
        with pytest.raises(Unavailable), pool.connection(wait_s=0.2):
            raise AssertionError("nobody can be asked")
        pool.close()


def test_who_is_to_end_waits_no_more(database: str) -> None:
    def sleep(pool: Database) -> None:
        with pool.connection() as conn:
            ask(conn)
            pool.end_within(0.2)
            ask(conn, "SELECT pg_sleep(60)")

    with Database(database) as pool, pytest.raises(Unavailable, match="in the time there was"):
        sleep(pool)


def test_why_there_is_no_connection_is_said_once_and_told_without_place_or_secret(
    pg_server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    url = pg_server.url("no_such_database")
    with Database(url) as pool:
        for _ in range(2):
            with pytest.raises(Unavailable, match="no_such_database") as told, pool.connection(wait_s=1.5):
                pass
    assert "127.0.0.1" not in str(told.value)
    assert str(psycopg.conninfo.conninfo_to_dict(url).get("password", "no secret")) not in caplog.text
    assert caplog.text.count("waiting for the database:") == 1


def test_a_pool_that_is_all_in_use_says_so(database: str) -> None:
    with (
        Database(database, max_size=1) as pool,
        pool.connection(),
        pytest.raises(Unavailable, match="all 1 connections"),
        pool.connection(wait_s=0.2),
    ):
        raise AssertionError("there is no second one")


def test_what_does_not_fit_is_raised_to_whoever_wants_a_connection(database: str) -> None:
    fault = [SchemaError("run `vop migrate`")]

    def fits(conn: Connection) -> None:
        conn.execute("SELECT 1")
        if fault:
            raise fault[0]

    with Database(database, fits=fits) as pool:
        with pytest.raises(SchemaError, match="vop migrate"), pool.connection(wait_s=0.5):
            raise AssertionError("it does not fit")
        fault.clear()

        def fit() -> bool:
            try:
                with pool.connection(wait_s=1) as conn:
                    return ask(conn) == (1,)
            except SchemaError:
                return False

        poll(fit)


def test_a_listener_notices_that_its_server_is_silent(
    database: str, pg_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notify, "CHECK_EVERY_S", 0.1)
    monkeypatch.setattr(notify, "CHECK_WITHIN_S", 1.0)
    heard = notify.listen(database, [notify.INGESTED], Event())
    assert next(heard) is None
    deadline = time.monotonic() + 60

    def hear() -> None:
        while time.monotonic() < deadline:
            next(heard)

    with frozen(pg_server), pytest.raises(Unavailable, match="not answered"):
        hear()


def test_a_half_open_connection_is_given_up(database: str, pg_server: Server) -> None:
    port = int(str(psycopg.conninfo.conninfo_to_dict(database)["port"]))
    with Proxy("127.0.0.1", port) as way:
        around = database.replace(f":{port}/", f":{way.port}/")
        with connect(around, answer_within_s=0.3, autocommit=True) as conn:
            assert ask(conn) == (1,)
            way.hold()
            with pytest.raises(Unavailable, match="not answered"):
                ask(conn)
