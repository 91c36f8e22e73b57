"""What a broker remembers of a worker's session over its own restart, with devices that are back first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.ingest.harness import WorkerProcess, publisher, reading, register, scalar
from tests.integration.ingest.test_worker import now_ms
from tests.platform_services import DeviceBroker, reachable_directory
from tests.waiting import poll
from vop.services import ports
from vop.services.mosquitto import Mosquitto, find_mosquitto


@pytest.fixture
def steady_broker() -> Iterator[DeviceBroker]:
    """A broker that comes back on the same ports."""
    if find_mosquitto() is None:
        pytest.skip("mosquitto is not installed")
    device, service = ports.choose("mosquitto", None, None)
    with (
        reachable_directory("mqtt") as place,
        Mosquitto(place / "broker", device_port=device, service_port=service) as server,
    ):
        yield DeviceBroker(server)


def messages_sent_before_the_worker_is_back(database: str, broker: DeviceBroker, place: Path, share: str) -> int:
    """How many of 20 readings are stored that a device publishes to a restarted broker while no worker runs."""
    register(database, ["vac-1"])
    password = broker.add_device("vac-1")
    settings = {"VOP_INGEST_SHARE": share}
    worker = WorkerProcess(database, broker.service_url, place / "log", settings).start()
    poll(lambda: "receiving" in (place / "log").read_text(), what="the worker receiving")
    assert worker.stop() == 0
    broker.server.stop()
    broker.server.start()
    with publisher(broker, "vac-1", password) as device:
        for seq in range(20):
            device.publish("vop/v1/vac-1/up/telemetry", reading(now_ms(), 1, seq), qos=1).wait_for_publish(5)
    with WorkerProcess(database, broker.service_url, place / "log2", settings):
        poll(lambda: "receiving" in (place / "log2").read_text(), what="the next worker receiving")
        with publisher(broker, "vac-1", password) as device:
            device.publish("vop/v1/vac-1/up/telemetry", reading(now_ms(), 2, 0), qos=1).wait_for_publish(5)
        # Queued messages come first: when the last one is there, they all are.
        poll(
            lambda: scalar(database, "SELECT count(*) FROM telemetry_robot_vacuum WHERE boot = 2"), what="the last one"
        )
    found = scalar(database, "SELECT count(*) FROM telemetry_robot_vacuum WHERE boot = 1")
    assert isinstance(found, int)
    return found


def test_a_plain_subscription_keeps_what_is_sent_before_the_worker_is_back(
    database: str, steady_broker: DeviceBroker, tmp_path: Path
) -> None:
    assert messages_sent_before_the_worker_is_back(database, steady_broker, tmp_path, "") == 20


def test_mosquitto_forgets_a_shared_subscription_and_that_is_why_it_is_not_the_default(
    database: str, steady_broker: DeviceBroker, tmp_path: Path
) -> None:
    # When this fails, Mosquitto has learnt to keep it: see docs/decisions/0008.
    assert messages_sent_before_the_worker_is_back(database, steady_broker, tmp_path, "ingest") == 0


def test_a_second_worker_stands_by_and_takes_over(database: str, steady_broker: DeviceBroker, tmp_path: Path) -> None:
    register(database, ["vac-1"])
    password = steady_broker.add_device("vac-1")
    with WorkerProcess(database, steady_broker.service_url, tmp_path / "first") as first:
        poll(lambda: "receiving" in (tmp_path / "first").read_text(), what="the first worker receiving")
        with WorkerProcess(database, steady_broker.service_url, tmp_path / "second"):
            poll(lambda: "standing by" in (tmp_path / "second").read_text(), what="the second standing by")
            first.kill()
            with publisher(steady_broker, "vac-1", password) as device:
                device.publish("vop/v1/vac-1/up/telemetry", reading(now_ms(), 1, 0), qos=1).wait_for_publish(5)
            poll(lambda: scalar(database, "SELECT count(*) FROM telemetry_robot_vacuum"), what="stored by the second")


def test_the_only_session_is_not_ended(database: str, steady_broker: DeviceBroker, tmp_path: Path) -> None:
    worker = WorkerProcess(database, steady_broker.service_url, tmp_path / "log")
    with pytest.raises(AssertionError, match="slot 0 is the only session"):
        worker.drain(0)


def test_the_way_of_working_may_change_and_change_back(
    database: str, steady_broker: DeviceBroker, tmp_path: Path
) -> None:
    register(database, ["vac-1"])
    password = steady_broker.add_device("vac-1")
    for seq, share in enumerate(["ingest", "", "ingest", ""]):
        log = tmp_path / f"log-{seq}"
        with WorkerProcess(database, steady_broker.service_url, log, {"VOP_INGEST_SHARE": share}) as worker:
            poll(lambda path=log: "receiving" in path.read_text(), what="the worker receiving")  # type: ignore[misc]
            assert worker.stop() == 0
        # Sent while nobody is there: the session alone decides whether it is queued.
        with publisher(steady_broker, "vac-1", password) as device:
            device.publish("vop/v1/vac-1/up/telemetry", reading(now_ms(), 1, seq), qos=1).wait_for_publish(5)
    with WorkerProcess(database, steady_broker.service_url, tmp_path / "last"):
        poll(
            lambda: scalar(database, "SELECT count(*) FROM telemetry_robot_vacuum"),
            until=lambda n: n == 4,
            what="all four stored",
        )
