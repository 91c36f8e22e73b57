"""`vop relay` as a process and its two looks at the jobs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from store import jobs
from store.database import connect
from tests.waiting import poll
from vop.__main__ import cli, run
from vop.services.ports import free_port

REPOSITORY = Path(__file__).parents[3]
ALL = {"insight", "outbox", "partitions", "promises", "retention", "rollups", "silence", "stock", "watch"}


def environment(database: str, **settings: str) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("VOP_", "PG"))}
    return plain | {"VOP_DATABASE_URL": database, "PYTHONPATH": str(REPOSITORY)} | settings


def page(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()
    except OSError as error:
        return 0, str(error)


@pytest.fixture(autouse=True)
def own_signals() -> Iterator[None]:
    """What the command does with signals ends with the test."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def relay(database: str, port: int) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "vop", "relay"],
        env=environment(database, VOP_METRICS_PORT=str(port)),
        cwd=REPOSITORY,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def test_it_runs_every_job_shows_it_and_ends_when_told(
    relay: subprocess.Popen[bytes], database: str, port: int
) -> None:
    with connect(database, autocommit=True) as conn:
        rows = poll(
            lambda: jobs.listing(conn),
            until=lambda found: {row.job for row in found if row.runs} == ALL,
            what="a run of every job",
        )
        assert {row.job: row.last_error for row in rows} == dict.fromkeys(ALL)
        assert all(row.worker and row.worker.endswith(f":{relay.pid}") for row in rows)
        assert poll(lambda: page(port, "readyz"), until=lambda found: found[0] == 200) == (200, "ready\n")
        text = poll(
            lambda: page(port, "metrics")[1],
            until=lambda words: all(f'vop_relay_job_last_success_timestamp_seconds{{job="{j}"}}' in words for j in ALL),
        )
        for job in ALL:
            assert f'vop_relay_job_failures_total{{job="{job}"}} 0.0' in text
            assert f'vop_relay_job_overdue_seconds{{job="{job}"}}' in text
        relay.send_signal(signal.SIGTERM)
        assert relay.wait(30) == 0
        assert not any(row.running for row in jobs.listing(conn))


def test_without_its_database_it_waits_and_says_so(port: int) -> None:
    gone = f"host=127.0.0.1 port={free_port()} dbname=vop user=vop"
    process = subprocess.Popen(
        [sys.executable, "-m", "vop", "relay"],
        env=environment(gone, VOP_METRICS_PORT=str(port)),
        cwd=REPOSITORY,
        stderr=subprocess.DEVNULL,
    )
    try:
        status, words = poll(lambda: page(port, "readyz"), until=lambda found: "reached" in found[1])
        assert (status, words.partition(" cannot ")[0]) == (503, "waiting for the database: the database")
        assert page(port, "healthz")[0] == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def test_a_job_by_hand_and_the_list(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOP_DATABASE_URL", database)
    done = CliRunner().invoke(cli, ["relay", "run", "silence"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.output.removeprefix("silence: "))["opened"] == 0
    listed = CliRunner().invoke(cli, ["relay", "jobs"])
    assert listed.exit_code == 0, listed.output
    assert {line.split("\t")[0] for line in listed.output.splitlines()} == {"job"} | ALL
    lines = CliRunner().invoke(cli, ["relay", "jobs", "--json"]).output.splitlines()
    found = {row["job"]: row for row in map(json.loads, lines)}
    assert (found["silence"]["runs"], found["retention"]["runs"]) == (1, 0)


def test_one_that_is_running_is_not_run_by_hand(
    database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VOP_DATABASE_URL", database)
    with connect(database, autocommit=True) as conn:
        jobs.declare(conn, {"silence": 30})
        assert jobs.take(conn, "another", ["silence"]) is not None
        assert run(["relay", "run", "silence"]) == 1
    assert "another relay runs silence at this moment" in capsys.readouterr().err


def test_a_job_there_is_not(database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("VOP_DATABASE_URL", database)
    assert run(["relay", "run", "weather"]) == 1
    monkeypatch.setenv("VOP_RELAY_JOBS", "silence, weather")
    assert run(["relay"]) == 1
    told = "there is no job 'weather'; there are: insight, outbox, partitions, promises,"
    assert capsys.readouterr().err.count(told) == 2


def test_a_database_without_its_schema_ends_it_in_one_line(
    empty_database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VOP_DATABASE_URL", empty_database)
    assert run(["relay"]) == 1
    assert "run `vop migrate`" in capsys.readouterr().err
