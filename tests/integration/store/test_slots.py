from __future__ import annotations

from collections.abc import Iterator
from threading import Barrier, Thread

import pytest

from store import slots
from store.database import Connection, connect
from tests.waiting import poll


@pytest.fixture
def workers(database: str) -> Iterator[list[Connection]]:
    found = [connect(database, autocommit=True) for _ in range(4)]
    yield found
    for conn in found:
        conn.close()


def test_whoever_starts_takes_the_lowest_free_slot(workers: list[Connection]) -> None:
    a, b, c, d = workers
    assert [slots.acquire(conn, 3, "w") for conn in (a, b, c)] == [0, 1, 2]
    assert slots.acquire(d, 3, "w") is None
    slots.release(b, 1)
    assert slots.acquire(d, 3, "w") == 1


def test_a_slot_is_free_the_moment_its_holders_connection_is_gone(workers: list[Connection]) -> None:
    a, b, *_ = workers
    assert slots.acquire(a, 1, "first") == 0
    assert slots.acquire(b, 1, "second") is None
    a.close()
    assert poll(lambda: slots.acquire(b, 1, "second"), until=lambda slot: slot is not None) == 0
    assert slots.listing(b)[0].worker == "second"


def test_a_killed_backend_frees_it_too(workers: list[Connection]) -> None:
    a, b, *_ = workers
    slots.acquire(a, 1, "first")
    b.execute("SELECT pg_terminate_backend(%s, 10000)", [a.info.backend_pid])
    assert slots.acquire(b, 1, "second") == 0


def test_many_at_once_get_one_each(database: str) -> None:
    taken: list[int | None] = []
    barrier = Barrier(6)
    done = Barrier(7)

    def take() -> None:
        with connect(database, autocommit=True) as conn:
            barrier.wait(30)
            taken.append(slots.acquire(conn, 6, "w"))
            done.wait(30)

    threads = [Thread(target=take) for _ in range(6)]
    for thread in threads:
        thread.start()
    done.wait(30)
    for thread in threads:
        thread.join(30)
    assert sorted(slot for slot in taken if slot is not None) == list(range(6))


def test_a_drained_slot_is_left_alone_while_there_is_another(workers: list[Connection]) -> None:
    a, b, c, _ = workers
    slots.acquire(a, 3, "w")
    slots.acquire(b, 3, "w")
    slots.release(a, 0, drained=True)
    drained, used = slots.listing(c)
    assert (drained.held, drained.drained_at is not None, drained.worker) == (False, True, None)
    assert (used.held, used.drained_at) == (True, None)
    assert slots.acquire(c, 3, "w", new=False) is None
    slots.release(b, 1)
    assert slots.acquire(c, 3, "w", new=False) == 1


def test_a_drained_slot_is_taken_by_name_and_when_there_is_no_other(workers: list[Connection]) -> None:
    a, b, c, _ = workers
    slots.acquire(a, 2, "w")
    slots.release(a, 0, drained=True)
    assert slots.acquire(b, 2, "w", only=0) == 0
    assert slots.listing(b)[0].drained_at is None
    slots.release(b, 0, drained=True)
    assert sorted(slots.acquire(conn, 2, "w") or 0 for conn in (a, c)) == [0, 1]


def test_a_slot_beyond_the_count_is_not_taken(workers: list[Connection]) -> None:
    a, b, *_ = workers
    assert slots.acquire(a, 8, "w", only=5) == 5
    slots.release(a, 5)
    assert slots.acquire(b, 2, "w") == 0


def test_only_is_only(workers: list[Connection]) -> None:
    a, b, *_ = workers
    assert slots.acquire(a, 4, "w", only=2) == 2
    assert slots.acquire(b, 4, "w", only=2) is None


def test_the_list_says_who_holds_what_and_since_when(workers: list[Connection]) -> None:
    a, b, *_ = workers
    slots.acquire(a, 4, "host:1")
    slots.acquire(b, 4, "host:2")
    first, second = slots.listing(b)
    assert [(s.slot, s.worker, s.held) for s in (first, second)] == [(0, "host:1", True), (1, "host:2", True)]
    assert first.held_since is not None
    before = first.seen_at
    slots.beat(a, 0)
    assert slots.listing(b)[0].seen_at > before
    slots.release(a, 0)
    free = slots.listing(b)[0]
    assert (free.held, free.worker, free.held_since, free.drained_at) == (False, None, None, None)


def test_locks_of_another_database_are_not_ours(workers: list[Connection], empty_database: str) -> None:
    with connect(empty_database, autocommit=True) as stranger:
        stranger.execute("SELECT pg_advisory_lock(%s, 0)", [slots.LOCK_CLASS])
        a, *_ = workers
        assert slots.acquire(a, 1, "w") == 0
        slots.release(a, 0)
        assert [s.held for s in slots.listing(a)] == [False]
