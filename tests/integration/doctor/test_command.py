"""`vop doctor`, as a person and as a program run it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.doctor.patient import check, everything
from vop.doctor import disk, examine, worst
from vop.doctor.surroundings import Surroundings


def run(env: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("VOP_", "PG"))}
    return subprocess.run(
        [sys.executable, "-m", "vop", "doctor", *arguments], env=kept | env, capture_output=True, text=True, timeout=60
    )


def test_it_fails_and_says_why_when_everything_is_down() -> None:
    down = {"VOP_DATABASE_URL": "postgresql://vop:secret-word@127.0.0.1:1/vop", "VOP_MQTT_URL": "mqtt://127.0.0.1:1"}
    done = run(down)
    assert done.returncode == 1, done.stderr
    assert "database.reachable: the database cannot be reached" in done.stdout
    assert "broker.reachable: the broker at mqtt://127.0.0.1:1 does not answer" in done.stdout
    assert "secret-word" not in done.stdout + done.stderr


def test_an_address_that_cannot_be_read_is_told_without_its_password() -> None:
    done = run({"VOP_DATABASE_URL": "mysql://vop:secret-word@localhost/vop"})
    assert done.returncode == 1
    assert "database.reachable: VOP_DATABASE_URL cannot be read; write it as postgresql://" in done.stdout
    assert "secret-word" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_what_could_not_be_looked_at_does_not_pass_as_healthy(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(_around: Surroundings) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(disk, "local_disk", breaks)
    found = everything(Surroundings("postgresql://127.0.0.1:1/vop"))
    check(found["disk.looked"], "fail", "not everything of the disk was looked at: RuntimeError", "report it")
    assert "a bug" in caplog.text


def test_json_holds_the_same(database: str) -> None:
    done = run({"VOP_DATABASE_URL": database}, "--json")
    said = json.loads(done.stdout)
    assert done.returncode == (said["level"] == "fail")
    assert {"name", "level", "what", "do"} == set(said["findings"][0])
    names = {one["name"] for one in said["findings"]}
    assert {"schema.current", "database.clock", "broker.reachable", "relay.jobs", "ingest.spool"} <= names


def test_a_broker_configuration_that_is_none_is_told() -> None:
    done = run({}, "--broker-config", "/nowhere/mosquitto.conf")
    assert (done.returncode, "is no file" in done.stderr) == (1, True)


def test_it_ends_when_the_database_takes_connections_and_says_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://127.0.0.1:{silent.getsockname()[1]}/vop?sslmode=disable"
        found = {one.name: one for one in examine(Surroundings(url), limit_s=1.0)}
    check(found["database.reachable"], "fail", "did not answer any of our questions within 1 s", "cut off")
    assert worst(found.values()) == "fail"


def test_a_spool_that_is_damaged_old_or_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    around = Surroundings(data_dir=tmp_path, spool=tmp_path / "spool")
    check(everything(around)["ingest.spool"], "ok", "no spool has been needed")
    own = tmp_path / "spool" / "0"
    own.mkdir(parents=True)
    check(everything(around)["ingest.spool"], "ok", "is empty")
    segment = own / f"000000000001-{'ab' * 8}.v1"
    segment.write_bytes(b"x" * 2_000_000)
    check(everything(around)["ingest.spool"], "ok", "2.0 MB of messages wait")
    os.utime(segment, (1, 1))
    check(everything(around)["ingest.spool"], "warn", "2.0 MB of messages wait", "replays them by itself")
    segment.rename(segment.with_suffix(".damaged"))
    check(everything(around)["ingest.spool"], "fail", "1 files of the spool", "check the disk")
    check(everything(Surroundings())["ingest.spool"], "ok", "no spool is set")


def test_a_disk_that_fills(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, level in (("FAIL_BYTES", "fail"), ("WARN_BYTES", "warn")):
        with monkeypatch.context() as small:
            small.setattr(disk, name, 10**18)
            small.setattr(disk, "WARN_SHARE", 1.0)
            check(disk.disk("disk.data", tmp_path / "not" / "yet", "the disk"), level, "GB are free on", "make room")  # type: ignore[arg-type]
