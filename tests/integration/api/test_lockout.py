"""Guessing passwords: it is slow, it tells nothing, and it keeps nobody out who was there before."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from argon2 import PasswordHasher

from store import passwords
from store.lockout import FREE_ATTEMPTS, LONGEST_WAIT_S
from tests.integration.api.browsers import Browser, signed_in
from tests.integration.api.test_sessions import ME, PASSWORD, give_password, sql
from tests.integration.api.world import World


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes that cost little: here it is counted, not timed."""
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def guess(world: World, user: str, times: int) -> list[int]:
    """Statuses of wrong guesses by a stranger whose address is of no account."""
    found = []
    with Browser(world) as stranger:
        for n in range(times):
            world.app.state.services.throttle.forget()
            found.append(stranger.sign_in(user=user, password=f"guess number {n}").status_code)
    return found


def over(world: World) -> None:
    """Let the wait pass."""
    sql(world, "UPDATE sign_in_attempts SET until = now()")


def test_after_some_failures_each_next_attempt_waits_longer(world: World) -> None:
    give_password(world, "sam")
    assert guess(world, "sam", FREE_ATTEMPTS + 3) == [401] * (FREE_ATTEMPTS + 1) + [429] * 2
    waits = []
    for _ in range(10):
        over(world)
        assert guess(world, "sam", 1) == [401]
        with Browser(world) as stranger:
            refused = stranger.sign_in(user="sam", password=PASSWORD)  # even the right one
        assert refused.status_code == 429
        waits.append(int(refused.headers["retry-after"]))
    assert waits[:3] == sorted(waits[:3])
    assert waits[0] <= 10
    assert waits[-1] in range(LONGEST_WAIT_S - 30, LONGEST_WAIT_S + 1)
    locked = world.audited(action="session.lock_out")
    assert {(e["actor"], e["object"], e["outcome"]) for e in locked} == {("nobody", "sam", "denied")}
    assert len(locked) == 11


def test_many_at_the_same_moment_are_no_way_round(world: World) -> None:
    give_password(world, "sam")
    with ThreadPoolExecutor(8) as pool:
        found = [status for one in pool.map(lambda _: guess(world, "sam", 3), range(8)) for status in one]
    assert found.count(401) <= FREE_ATTEMPTS + 1
    assert found.count(401) + found.count(429) == 24


def test_a_stranger_does_not_keep_the_user_out_of_a_browser_known_before(world: World) -> None:
    give_password(world, "sam")
    with signed_in(world, "sam") as home:
        assert home.submit("/sign-out").status_code == 303
        guess(world, "sam", 20)
        assert home.sign_in(user="sam", password=PASSWORD).status_code == 303
        assert home.get(ME).json()["user"] == "sam"
        # And the stranger goes on waiting.
        assert guess(world, "sam", 1) == [429]
        # Such a browser has a count of its own: one that was stolen guesses no faster.
        assert home.submit("/sign-out").status_code == 303
        found = [home.sign_in(user="sam", password="no").status_code for _ in range(FREE_ATTEMPTS + 2)]
        assert found[-1] == 429
    # It vouches for no other user.
    give_password(world, "max")
    guess(world, "max", FREE_ATTEMPTS + 1)
    with signed_in(world, "sam") as home:
        assert home.sign_in(user="max", password=PASSWORD).status_code == 429
    # A token is a way in that nobody can close.
    with Browser(world) as anywhere:
        world.app.state.services.throttle.forget()
        assert anywhere.sign_in(token=world.tokens["max"]).status_code == 303


def test_a_success_forgives(world: World) -> None:
    give_password(world, "sam")
    for _ in range(3):
        guess(world, "sam", FREE_ATTEMPTS)
        with Browser(world) as browser:
            assert browser.sign_in(user="sam", password=PASSWORD).status_code == 303


def test_failures_of_long_ago_are_forgotten(world: World) -> None:
    guess(world, "sam", FREE_ATTEMPTS + 2)
    sql(world, "UPDATE sign_in_attempts SET last_at = now() - interval '25 hours'")
    assert guess(world, "sam", 1) == [401]
    guess(world, "somebody", 1)
    with psycopg.connect(world.database.url) as conn:
        assert conn.execute("SELECT count(*), max(attempts) FROM sign_in_attempts").fetchone() == (2, 1)


def test_an_address_waits_too_whatever_names_it_tries(world: World) -> None:
    with Browser(world) as stranger:
        found = [stranger.sign_in(user=f"name{n}", password="x").status_code for n in range(25)]
        assert found == [401] * 20 + [429] * 5
        assert stranger.sign_in(token="vop_wrong").status_code == 429


def test_guessing_the_current_password_within_a_session_waits_too(world: World) -> None:
    give_password(world, "sam")
    new = "four other words here"
    with signed_in(world, "sam") as browser:
        fields = {"current": "not it at all", "new": new, "again": new}
        found = [browser.submit("/preferences/password", **fields).status_code for _ in range(FREE_ATTEMPTS + 2)]
        assert found == [422] * (FREE_ATTEMPTS + 1) + [429]
        assert browser.get(ME).status_code == 200
    assert {e["outcome"] for e in world.audited(action="user.password")} == {"denied"}


@contextmanager
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The statements that are run meanwhile, and every verification."""
    done: list[str] = []
    execute, verify = psycopg.Cursor.execute, passwords.verify
    many = psycopg.Cursor.executemany

    def noted(cursor: Any, query: Any, *more: Any, **options: Any) -> Any:
        done.append(query if isinstance(query, str) else str(query))
        return execute(cursor, query, *more, **options)

    def noted_many(cursor: Any, query: Any, rows: Any, **options: Any) -> Any:
        rows = list(rows)
        done.append(f"{len(rows)} x {query}")
        return many(cursor, query, rows, **options)

    def noted_verify(kept: str | None, password: str) -> bool:
        done.append("a password is verified")
        return verify(kept, password)

    with monkeypatch.context() as patched:
        patched.setattr(psycopg.Cursor, "execute", noted)
        patched.setattr(psycopg.Cursor, "executemany", noted_many)
        patched.setattr(passwords, "verify", noted_verify)
        yield done


def test_unknown_wrong_suspended_and_without_password_are_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    give_password(world, "sam")
    give_password(world, "max")
    world.call("ada", "PATCH", "/users/max", json={"active": False})
    names = ["sam", "max", "tom", "nobody", "not a name!", "", "x" * 300]
    for _ in range(FREE_ATTEMPTS + 2):
        shapes, answers = {}, {}
        for name in names:
            world.app.state.services.throttle.forget()
            with Browser(world) as browser, watched(monkeypatch) as done:
                answer = browser.sign_in(user=name, password=PASSWORD + "!")
            shapes[name] = done
            told = answer.text.replace(f'value="{name[:64]}"', 'value=""')
            answers[name] = (answer.status_code, told, answer.headers.get("set-cookie"))
        assert len({tuple(shape) for shape in shapes.values()}) == 1, shapes
        assert len({status for status, _, _ in answers.values()}) == 1, answers
        assert {cookie for _, _, cookie in answers.values()} == {None}
    assert shapes["sam"]
    denied = world.audited(action="session.sign_in", outcome="denied")
    assert {e["object"] for e in denied} == {"sam", "max", "tom", "*"}
    assert "not a name" not in str(denied)


def test_a_password_kept_with_old_parameters_is_kept_anew_and_sessions_go_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_password(world, "sam")
    with Browser(world) as before, Browser(world) as browser:
        assert before.sign_in(user="sam", password=PASSWORD).status_code == 303
        monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
        assert browser.sign_in(user="sam", password=PASSWORD).status_code == 303
        with world.database.connection() as conn:
            kept = passwords.kept(conn, "sam")
        assert kept is not None
        assert "m=16,t=2" in str(kept.password_hash)
        assert before.get(ME).status_code == 200
        assert browser.get(ME).status_code == 200


def test_verifying_holds_no_database_connection_and_little_else(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """More sign-ins than there are connections: others are answered meanwhile, and no more than two are hashed."""
    from threading import Event, Lock

    give_password(world, "sam")
    gate, lock, at_once, most = Event(), Lock(), 0, 0
    verify = passwords.verify

    def slow(kept: str | None, password: str) -> bool:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        assert gate.wait(30)
        with lock:
            at_once -= 1
        return verify(kept, password)

    monkeypatch.setattr(passwords, "verify", slow)
    with ThreadPoolExecutor(12) as pool:
        waiting = [pool.submit(guess, world, f"somebody{n}", 1) for n in range(12)]
        for _ in range(5):
            assert world.call("max", "GET", "/products").status_code == 200
            assert world.get("ada", "/users")["items"]
        gate.set()
        statuses = [status for one in waiting for status in one.result()]
    assert most <= 2
    assert set(statuses) <= {401, 503}
