"""`vop demo` from outside: it starts, proves what it stored, ends without a trace, and goes on from there."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
from pathlib import Path

import pytest

from tests.integration.demo.harness import Demo, demo, processes_of, run, wait_until_gone
from tests.waiting import poll
from vop.demo.place import services_directory
from vop.services.mosquitto import find_mosquitto

SMALL = ("--devices", "3", "--days", "2")
ROLES = {"admin", "support", "maintenance", "clinician", "carer", "stock", "quality"}
BROKERS = ("mosquitto", "iotcore")

with_mosquitto = pytest.mark.skipif(find_mosquitto() is None, reason="mosquitto is not installed")


def proved(one: Demo) -> int:
    """Wait for the proof; returns how many elements it is about."""
    acknowledged = int(one.until(r"acknowledged by the broker +([\d,]+)")[1].replace(",", ""))
    stored = int(one.until(r"stored +([\d,]+)$")[1].replace(",", ""))
    missing = one.until(r"missing +([\d,]+)$")[1]
    assert (stored, missing) == (acknowledged, "0")
    one.until(r"3 of 3 devices complete")
    return acknowledged


@pytest.mark.parametrize("broker", BROKERS)
def test_starts_stores_all_it_sent_and_leaves_no_process(place: Path, broker: str) -> None:
    if broker == "mosquitto" and find_mosquitto() is None:
        pytest.skip("mosquitto is not installed")
    with demo(place, *SMALL, "--broker", broker) as one:
        one.until(r"\] ready$")
        told = place / "demo.json"
        assert stat.S_IMODE(told.stat().st_mode) == 0o600
        access = one.access
        assert set(access) == {"api", "mqtt", "tokens", "devices"}
        assert set(access["mqtt"]) == {"host", "port", "port_v5"}
        assert (access["mqtt"]["port"] == access["mqtt"]["port_v5"]) is (broker == "mosquitto")
        assert set(access["tokens"]) == ROLES
        assert len(access["devices"]) == 3
        assert all(set(row) == {"device", "password", "product", "customer"} for row in access["devices"])
        assert len(one.get("/api/v1/devices")["items"]) == 3
        count = proved(one)
        assert count > 500
        kept = json.loads((place / "backfill.json").read_text())
        assert kept["stored"] == count == sum(row["readings"] + row["events"] for row in kept["devices"])
        one.until("lives on")
        looked = doctored(one)
        for name in ("database.version", "schema.current", "broker.reachable", "ingest.slots", "relay.jobs"):
            assert f"ok      {name}" in looked, looked
        assert str(services_directory(place) / "run" / "spool") in looked
        assert one.end() == 0
        one.until("everything is stopped")
        assert not processes_of(place)
        for role, token in access["tokens"].items():
            [line] = [line for line in one.said if token in line]
            assert line.split() == [role, f"{access['api']}/sign-in#token={token}"]
        assert not [row for row in access["devices"] if row["password"] in "\n".join(one.said)]


def doctored(one: Demo) -> str:
    """What `vop doctor` says, asked as the screen says."""
    [line] = [line for line in one.said if line.endswith("vop doctor --all")]
    shell = {key: value for key, value in os.environ.items() if not key.startswith(("VOP_", "PG"))}
    done = subprocess.run(["sh", "-c", line], env=shell, cwd="/", capture_output=True, text=True, timeout=60)
    assert not done.stderr
    return done.stdout


@pytest.mark.slow
def test_the_second_start_goes_on_and_a_killed_owner_leaves_no_process(place: Path) -> None:
    with demo(place, *SMALL) as one:
        proved(one)
        before = one.access
        one.until("lives on")
        one.process.kill()
        # At once, as somebody who is impatient: the old services are still ending.
        with demo(place) as two:
            two.until(r"\] ready$")
            assert two.access == before
            two.until(r"caught up .* 0 dead letters")
            two.until("lives on")
            assert two.end(signal.SIGTERM) == 0
        assert not any("back-fill of" in line for line in two.said)
    wait_until_gone(place)
    other_size = run(place, "--days", "3", "--exit-after-ready")
    assert other_size.returncode == 1
    assert "of 3 devices and 2 days" in other_size.stderr
    assert "--fresh" in other_size.stderr
    assert run(place, "--devices", "2", "--days", "1", "--fresh", "--exit-after-backfill").returncode == 0
    assert len(json.loads((place / "demo.json").read_text())["devices"]) == 2


@pytest.mark.slow
def test_the_customers_speak_once(place: Path) -> None:
    size = ("--devices", "12", "--days", "60")
    with demo(place, *size) as one:
        count = int(one.until(r"the customers said (\d+) things")[1])
        one.until(r"rv-0001: Honestly, I only use it two or three times a month\. .*it was heard \d+ % of the time")
        one.until(r"pd-0001: I take every pill\. .*doses")
        said = one.get("/api/v1/devices/rv-0001/comparison")["items"]
        [story] = [each for each in said if "two or three" in each["text"]]
        assert story["claims"][0]["verdict"]["verdict"] == "understates"
        states = {each["state"] for each in one.get("/api/v1/cases")["items"]}
        assert {"solved"} < states
        one.until("lives on")
        assert one.end() == 0
    with demo(place) as two:
        two.until("lives on")
        assert not any("the customers" in line for line in two.said)
        assert len(two.get("/api/v1/devices/rv-0001/comparison")["items"]) == len(said) <= count
        assert two.end() == 0


@pytest.mark.slow
def test_a_killed_service_is_started_again_and_nothing_is_lost(place: Path) -> None:
    with demo(place, "--devices", "6", "--days", "30") as one:
        one.until(r"\] ready$")
        for service in ("ingest", "api"):
            pid = one.pid_of(service)
            os.kill(pid, signal.SIGKILL)
            assert one.until(rf"{service} \(process (\d+)\) ended by signal 9 \(SIGKILL\); starting it")[1] == str(pid)
            one.until(rf"{service} runs again")
        one.until(r"missing +0$")
        one.until(r"6 of 6 devices complete")
        poll(lambda: answers(one), what="the restarted API")
        assert one.end() == 0


def answers(one: Demo) -> bool:
    """Whether the API lists the fleet."""
    try:
        return len(one.get("/api/v1/devices")["items"]) == len(one.access["devices"])
    except OSError:
        return False


@pytest.mark.slow
@with_mosquitto
def test_a_killed_database_and_broker_come_back_where_they_were(place: Path) -> None:
    with demo(place, *SMALL, "--broker", "mosquitto") as one:
        proved(one)
        one.until("lives on")
        for name, program in (("PostgreSQL", "/postgres"), ("the broker", "/mosquitto")):
            running = processes_of(place).items()
            pid = next(pid for pid, words in running if words.split(" ")[0].endswith(program))
            os.kill(pid, signal.SIGKILL)
            one.until(rf"{name} \(process {pid}\) ended by signal 9")
            one.until(rf"{name} runs again")
        poll(lambda: answers(one), what="the API on its database")
        assert one.end() == 0


def test_a_port_in_use_is_named_with_the_way_out(place: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = run(place, *SMALL, "--port", str(port))
    assert refused.returncode == 1
    assert f"port {port} of 127.0.0.1 is in use" in refused.stderr
    assert "--port" in refused.stderr
    assert not processes_of(place)


def test_two_demos_do_not_share_a_directory(place: Path) -> None:
    with demo(place, *SMALL) as one:
        one.until(r"\] ready$")
        second = run(place, *SMALL)
        assert second.returncode == 1
        assert f"process {one.process.pid} already runs on {place}" in second.stderr
        assert one.end() == 0


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="only root's services run under other accounts")
def test_a_directory_closed_to_other_accounts_is_good_enough(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    elsewhere = services_directory(tmp_path)
    assert elsewhere != tmp_path
    try:
        _use_closed(tmp_path)
    finally:
        shutil.rmtree(elsewhere, ignore_errors=True)


def _use_closed(tmp_path: Path) -> None:
    done = run(tmp_path, "--devices", "2", "--days", "1", "--exit-after-backfill")
    assert done.returncode == 0, done.stderr
    assert "other accounts cannot enter it" in done.stdout
    wiped = run(tmp_path, "--devices", "1", "--days", "1", "--fresh", "--exit-after-ready")
    assert wiped.returncode == 0, wiped.stderr
