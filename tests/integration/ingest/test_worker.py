"""A worker between a real broker and a real database."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.integration.ingest.harness import WorkerProcess, publisher, reading, register, scalar
from tests.platform_services import DeviceBroker
from tests.waiting import poll


def now_ms() -> int:
    return time.time_ns() // 1_000_000


@pytest.mark.parametrize("v5", [False, True], ids=["3.1.1", "5"])
def test_a_published_value_is_stored_and_survives_redelivery(
    database: str, broker: DeviceBroker, tmp_path: Path, v5: bool
) -> None:
    register(database, ["vac-1"])
    password = broker.add_device("vac-1")
    start = now_ms()
    with (
        WorkerProcess(database, broker.service_url, tmp_path / "log"),
        publisher(broker, "vac-1", password, v5=v5) as device,
    ):
        # The session must exist before the first message: nobody queues for a worker that never was.
        poll(lambda: "receiving" in (tmp_path / "log").read_text(), what="the worker receiving")
        for seq in [0, 1, 1, 2, 0]:
            info = device.publish("vop/v1/vac-1/up/telemetry", reading(start + seq, 1, seq), qos=1)
            info.wait_for_publish(5)
        poll(
            lambda: scalar(database, "SELECT count(*) FROM telemetry_robot_vacuum"),
            until=lambda n: n == 3,
            what="three readings stored",
        )
    assert scalar(database, "SELECT array_agg(seq ORDER BY seq) FROM telemetry_robot_vacuum") == [0, 1, 2]
    assert scalar(database, "SELECT count(*) FROM runs WHERE first_seq = 0 AND last_seq = 2") == 1


def test_what_cannot_be_stored_is_kept_with_its_reason_and_its_neighbours_are_stored(
    database: str, broker: DeviceBroker, tmp_path: Path
) -> None:
    register(database, ["vac-1"])
    known, stranger = broker.add_device("vac-1"), broker.add_device("stranger")
    good = reading(now_ms(), 1, 0)
    with WorkerProcess(database, broker.service_url, tmp_path / "log"):
        poll(lambda: "receiving" in (tmp_path / "log").read_text(), what="the worker receiving")
        with publisher(broker, "vac-1", known) as device, publisher(broker, "stranger", stranger) as other:
            topic = "vop/v1/vac-1/up/telemetry"
            for payload in (b"\xff\xfe", b"{", b'{"battery_pct": "12"}', b'[{"battery_pct": NaN},' + good + b"]"):
                device.publish(topic, payload, qos=1)
            device.publish("vop/v1/vac-1/up/nonsense", b"{}", qos=1)
            other.publish("vop/v1/stranger/up/telemetry", good, qos=1)
            poll(
                lambda: scalar(database, "SELECT count(*) FROM dead_letters"),
                until=lambda n: n == 6,
                what="six dead letters",
            )
    assert scalar(database, "SELECT array_agg(reason ORDER BY reason) FROM dead_letters") == [
        "bad_topic",
        "not_finite",
        "not_json",
        "not_utf8",
        "unknown_device",
        "wrong_type",
    ]
    assert scalar(database, "SELECT count(*) FROM telemetry_robot_vacuum") == 1


def test_a_clean_stop_acknowledges_what_it_stored(database: str, broker: DeviceBroker, tmp_path: Path) -> None:
    register(database, ["vac-1"])
    password = broker.add_device("vac-1")
    worker = WorkerProcess(database, broker.service_url, tmp_path / "log").start()
    poll(lambda: "receiving" in (tmp_path / "log").read_text(), what="the worker receiving")
    start = now_ms()
    with publisher(broker, "vac-1", password) as device:
        for seq in range(2_000):
            device.publish("vop/v1/vac-1/up/telemetry", reading(start + seq, 1, seq), qos=1)
        poll(lambda: scalar(database, "SELECT count(*) FROM telemetry_robot_vacuum"), what="the first readings stored")
        assert worker.stop() == 0
        with WorkerProcess(database, broker.service_url, tmp_path / "log2"):
            poll(
                lambda: scalar(database, "SELECT count(*) FROM telemetry_robot_vacuum"),
                until=lambda n: n == 2_000,
                what="the rest stored by the next worker",
            )
    assert scalar(database, "SELECT count(*) FROM runs") == 1


def test_a_worker_the_broker_does_not_know_says_so_and_ends(
    database: str, broker: DeviceBroker, tmp_path: Path
) -> None:
    url = f"mqtt://ingest:wrong@{broker.service_url.rsplit('@', 1)[1]}"
    with WorkerProcess(database, url, tmp_path / "log") as worker:
        assert worker.process is not None
        assert worker.process.wait(20) == 1
    assert "refuses ingest-0" in (tmp_path / "log").read_text()
    assert "wrong" not in (tmp_path / "log").read_text()


def test_a_retained_state_is_stored_live_and_after_the_fact(
    database: str, broker: DeviceBroker, tmp_path: Path
) -> None:
    register(database, ["vac-1", "vac-2"])
    passwords = broker.add_devices(["vac-1", "vac-2"])
    online = b'{"online": true, "boot": 3, "conn": 1, "firmware": "1.4.2"}'
    with publisher(broker, "vac-1", passwords["vac-1"]) as early:
        # Nobody has ever subscribed: only the broker's retained copy tells of it.
        early.publish("vop/v1/vac-1/up/state", online, qos=1, retain=True).wait_for_publish(5)
    with (
        WorkerProcess(database, broker.service_url, tmp_path / "log"),
        publisher(broker, "vac-2", passwords["vac-2"]) as live,
    ):
        poll(lambda: "receiving" in (tmp_path / "log").read_text(), what="the worker receiving")
        live.publish("vop/v1/vac-2/up/state", online, qos=1, retain=True).wait_for_publish(5)
        poll(
            lambda: scalar(database, "SELECT count(*) FROM device_state WHERE online AND firmware = '1.4.2'"),
            until=lambda n: n == 2,
            what="both states stored",
        )
