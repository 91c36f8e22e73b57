"""What a worker writes to its log: nothing of what devices say, whatever they say."""

from __future__ import annotations

import json
from pathlib import Path

from tests.integration.ingest.harness import WorkerProcess, publisher, reading, register, scalar
from tests.integration.ingest.test_worker import now_ms
from tests.platform_services import DeviceBroker
from tests.waiting import poll

MARK = "Zahra-Karimi-0912"
"""Stands for a name and a number: it is in every message, in every place a device can write to."""


def poison(start_ms: int) -> list[bytes]:
    """Payloads that are refused for every reason there is, each with the mark."""
    values = [
        MARK.encode(),
        b"\xff\xfe" + MARK.encode(),
        f'{{"ts": {start_ms}, "{MARK}": '.encode(),
        f'{{"ts": {start_ms}, "boot": 1, "seq": 1, "values": {{"battery_pct": "{MARK}"}}}}'.encode(),
        f'{{"ts": "{MARK}", "values": {{"battery_pct": 1.0}}}}'.encode(),
        f'{{"ts": {start_ms}, "boot": 1, "seq": 2, "values": {{"battery_pct": 1e400, "{MARK}": 1}}}}'.encode(),
        f'{{"ts": {start_ms}, "boot": 1, "seq": 3, "values": {{"{MARK}\\u0000": 1}}}}'.encode(),
        f'[{{"{MARK}": [[[[[[]]]]]]}}, "{MARK}"]'.encode(),
        b"[" * 2_000 + MARK.encode() + b"]" * 2_000,
    ]
    return values * 2


def test_nothing_a_device_says_is_in_the_log(database: str, broker: DeviceBroker, tmp_path: Path) -> None:
    register(database, ["vac-1"])
    password = broker.add_device("vac-1")
    log = tmp_path / "log"
    settings = {"VOP_LOG_LEVEL": "debug", "VOP_LOG_FORMAT": "json", "VOP_INGEST_SPOOL": str(tmp_path / "spool")}
    with WorkerProcess(database, broker.service_url, log, settings) as worker:
        poll(lambda: "receiving" in log.read_text(), what="the worker receiving")
        with publisher(broker, "vac-1", password, v5=True) as device:
            for payload in poison(now_ms()):
                device.publish("vop/v1/vac-1/up/telemetry", payload, qos=1)
                device.publish("vop/v1/vac-1/up/event", payload, qos=1)
                device.publish("vop/v1/vac-1/up/state", payload, qos=1, retain=True)
                device.publish(f"vop/v1/vac-1/up/{MARK}", payload, qos=1)
            device.publish("vop/v1/vac-1/up/telemetry", reading(now_ms(), 2, 0), qos=1)
            poll(
                lambda: scalar(database, "SELECT count(*) FROM telemetry_robot_vacuum WHERE boot = 2"),
                what="the last one stored",
            )
        assert worker.stop() == 0
    refused = scalar(database, "SELECT count(DISTINCT reason) FROM dead_letters")
    assert isinstance(refused, int)
    assert refused >= 4
    text = log.read_text()
    assert MARK not in text
    assert "battery_pct" not in text
    secret = broker.service_url.split(":")[2].split("@")[0]
    assert secret not in text
    lines = [json.loads(line) for line in text.splitlines()]
    assert all(line["level"] in {"debug", "info", "warning"} for line in lines), text
