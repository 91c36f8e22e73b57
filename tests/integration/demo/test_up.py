"""`vop up` against a PostgreSQL and a broker that somebody else runs."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.demo.harness import REPOSITORY, Demo, processes_of, wait_until_gone
from tests.platform_services import DeviceBroker
from tests.waiting import poll
from vop.services.ports import free_port

pytestmark = pytest.mark.slow


@pytest.fixture
def platform(place: Path, empty_database: str, broker: DeviceBroker) -> Iterator[Demo]:
    """`vop up` with two workers and the broker's account files."""
    files = broker.server
    pid_file = place / "broker.pid"
    pid_file.write_text(f"{files.pid}\n")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VOP_")} | {
        "VOP_DATABASE_URL": empty_database,
        "VOP_MQTT_URL": broker.service_url,
        "VOP_API_PORT": str(free_port()),
        "VOP_DATA_DIR": str(place),
        "PYTHONUNBUFFERED": "1",
    }
    arguments = ["--workers", "2", "--password-file", str(files.password_path), "--acl-file", str(files.acl_path)]
    process = subprocess.Popen(
        [sys.executable, "-m", "vop", "up", *arguments, "--pid-file", str(pid_file)],
        env=environment,
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    one = Demo(process, place)
    one.api = f"http://127.0.0.1:{environment['VOP_API_PORT']}"
    try:
        yield one
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        one.close()
        wait_until_gone(place)


def ready(one: Demo) -> bool:
    try:
        with urllib.request.urlopen(f"{one.api}/readyz") as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def test_runs_the_services_restarts_them_and_ends_with_them(platform: Demo) -> None:
    platform.until("the database is at schema")
    names = ("ingest 1", "ingest 2", "relay", "api")
    pids = {name: int(platform.until(rf"{name} runs \(process (\d+)\)")[1]) for name in names}
    platform.until(r"broker accounts runs")
    poll(lambda: ready(platform), what="the API")
    assert set(pids.values()) <= set(processes_of(platform.place))
    os.kill(pids["api"], signal.SIGKILL)
    platform.until(rf"api \(process {pids['api']}\) ended by signal 9 \(SIGKILL\); starting it again")
    platform.until(r"api runs again")
    poll(lambda: ready(platform), what="the restarted API")
    assert platform.end(signal.SIGTERM) == 0
    assert not processes_of(platform.place)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere that is for whoever supervises us")
def test_killed_it_leaves_no_service(platform: Demo) -> None:
    platform.until("broker accounts runs")
    poll(lambda: ready(platform), what="the API")
    platform.process.kill()
    wait_until_gone(platform.place)


def test_a_missing_setting_is_told_once_and_nothing_starts(place: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VOP_")}
    done = subprocess.run(
        [sys.executable, "-m", "vop", "up"], env=environment, cwd=REPOSITORY, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert re.fullmatch(r"vop: VOP_MQTT_URL is not set.*\n", done.stderr)
