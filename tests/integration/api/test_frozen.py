"""A database that accepts connections and answers nothing: who asks is told, and in time."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import psycopg
import pytest

import catalog
from store import tokens, users
from store.database import connect
from store.migrate import migrate
from tests.freezing import frozen
from tests.integration.api.world import World, now_ms
from tests.platform_services import Server
from tests.waiting import poll
from vop.services.ports import free_port


class Process:
    """`vop api`, with its log."""

    def __init__(self, url: str, log: Path, **settings: str) -> None:
        self.port = free_port()
        self.log = log
        environment = os.environ | {"VOP_DATABASE_URL": url, "VOP_API_PORT": str(self.port)} | settings
        with log.open("wb") as sink:
            self.process = subprocess.Popen([sys.executable, "-m", "vop", "api"], env=environment, stderr=sink)

    def get(self, path: str, token: str = "") -> tuple[int, str]:
        """Status and what is said; 0 while nobody listens."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            answer = httpx.get(f"http://127.0.0.1:{self.port}{path}", headers=headers, timeout=60)
        except httpx.TransportError:
            return 0, ""
        return answer.status_code, answer.text

    def is_ready(self) -> bool:
        return self.get("/readyz")[0] == 200


@contextmanager
def running(url: str, log: Path, **settings: str) -> Iterator[Process]:
    api = Process(url, log, **settings)
    try:
        poll(lambda: api.get("/healthz")[0], until=lambda status: status == 200, what="the API listening")
        yield api
    finally:
        if api.process.poll() is None:
            api.process.kill()
        api.process.wait()


def admin(url: str) -> str:
    """The token of one."""
    with connect(url) as conn:
        return tokens.issue(conn, users.create(conn, "ada", "Ada", ["admin"]).user_id, "test")[1]


def test_every_request_is_answered_while_nothing_answers_us_and_all_goes_on_after(
    world: World, pg_server: Server
) -> None:
    with world.client("sam") as client, client.stream("GET", "/stream", params={"device": "vac-anna"}) as stream:
        lines = stream.iter_lines()
        assert next(lines) == "event: watching"
        with frozen(pg_server):
            ready = httpx.get(f"{world.url}/readyz", timeout=60)
            assert (ready.status_code, ready.json()["type"]) == (503, "urn:vop:problem:database-away")
            assert "answer" in ready.json()["detail"]
            assert httpx.get(f"{world.url}/healthz", timeout=60).status_code == 200
            with ThreadPoolExecutor(12) as people:
                asked = [people.submit(world.call, "sam", "GET", "/devices") for _ in range(12)]
                found = [one.result(60) for one in asked]
            assert {answer.status_code for answer in found} == {503}
            away = [a for a in found if a.json()["type"] == "urn:vop:problem:database-away"]
            assert away
            assert all("answer" in a.json()["detail"] and a.headers["Retry-After"] for a in away)
        poll(lambda: world.call("sam", "GET", "/devices").status_code, until=(200).__eq__, what="answers again")
        assert poll(lambda: httpx.get(f"{world.url}/readyz", timeout=60).status_code, until=(200).__eq__)
        world.publish("vac-anna", {"ts": now_ms(), "boot": 1, "seq": 0, "values": {"battery_pct": 64.5}})
        assert any("vac-anna" in line and "64.5" in line for line in lines)


def test_a_request_in_hand_is_told(database: str, pg_server: Server, tmp_path: Path) -> None:
    token = admin(database)
    with running(database, tmp_path / "log", VOP_API_QUERY_TIMEOUT_MS="2000") as api:
        poll(api.is_ready)
        with psycopg.connect(database) as holder, ThreadPoolExecutor(1) as person:
            holder.execute("LOCK TABLE devices IN ACCESS EXCLUSIVE MODE")
            asked = person.submit(api.get, "/api/v1/devices", token)
            waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'devices'::regclass"
            poll(lambda: holder.execute(waits).fetchone(), until=lambda row: row is not None and row[0] > 0)
            with frozen(pg_server):
                status, said = asked.result(60)
            assert status == 503
            assert "has not answered for 4 s" in json.loads(said)["detail"]
        poll(api.is_ready)
        assert api.get("/api/v1/devices", token)[0] == 200


def test_it_ends_when_told_with_a_request_in_hand(database: str, pg_server: Server, tmp_path: Path) -> None:
    token = admin(database)
    with running(database, tmp_path / "log", VOP_API_QUERY_TIMEOUT_MS="600000") as api:
        poll(api.is_ready)
        with psycopg.connect(database) as holder, ThreadPoolExecutor(1) as person:
            holder.execute("LOCK TABLE devices IN ACCESS EXCLUSIVE MODE")
            asked = person.submit(api.get, "/api/v1/devices", token)
            waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'devices'::regclass"
            poll(lambda: holder.execute(waits).fetchone(), until=lambda row: row is not None and row[0] > 0)
            with frozen(pg_server):
                api.process.send_signal(signal.SIGTERM)
                assert asked.result(60)[0] == 503
                assert api.process.wait(60) in (0, -signal.SIGTERM)


def test_it_starts_beside_a_frozen_database_and_is_ready_when_that_goes_on(
    database: str, pg_server: Server, tmp_path: Path
) -> None:
    with frozen(pg_server), running(database, tmp_path / "log") as api:
        status, said = api.get("/readyz")
        assert status == 503
        assert "database" in said
        poll(lambda: "waiting for the database: it does not answer" in api.log.read_text(), what="said in the log")
        api.process.send_signal(signal.SIGTERM)
        assert api.process.wait(60) in (0, -signal.SIGTERM)
    with running(database, tmp_path / "log") as api:
        poll(api.is_ready)


def test_a_database_without_a_schema_is_waited_for_in_words(empty_database: str, tmp_path: Path) -> None:
    with running(empty_database, tmp_path / "log") as api:
        for path, token in (("/readyz", ""), ("/api/v1/devices", "x")):
            status, said = api.get(path, token)
            assert (status, json.loads(said)["type"]) == (503, "urn:vop:problem:schema-mismatch")
            assert "run `vop migrate`" in json.loads(said)["detail"]
        assert api.log.read_text().count("run `vop migrate`") == 1
        assert "Traceback" not in api.log.read_text()
        migrate(empty_database, catalog.load())
        poll(api.is_ready)
        assert "the database answers" in api.log.read_text()


def test_a_newer_database_is_not_asked_anything(database: str, tmp_path: Path) -> None:
    token = admin(database)
    with psycopg.connect(database) as conn:
        conn.execute(
            "INSERT INTO schema_migrations (version, name, sha256, works_with)"
            " SELECT 9999, 'later', sha256, NULL FROM schema_migrations LIMIT 1"
        )
    with running(database, tmp_path / "log") as api:
        status, said = api.get("/api/v1/devices", token)
        assert (status, json.loads(said)["type"]) == (503, "urn:vop:problem:schema-mismatch")
        assert "upgrade the program" in json.loads(said)["detail"]
        assert "upgrade the program" in api.get("/readyz")[1]


@pytest.mark.parametrize("path", ["/readyz", "/api/v1/devices"])
def test_why_there_is_no_database_is_told_without_place_or_secret(pg_server: Server, tmp_path: Path, path: str) -> None:
    url = pg_server.url("no_such_database")
    with running(url, tmp_path / "log") as api:
        status, said = api.get(path, "x")
        assert status == 503
        assert 'database "no_such_database" does not exist' in json.loads(said)["detail"]
        secret = str(psycopg.conninfo.conninfo_to_dict(url)["password"])
        assert secret not in said + api.log.read_text()
        assert "127.0.0.1" not in said
