"""What docker-compose.yml starts works together: its own commands, run by hand."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import time
from typing import Any

import httpx
import pytest

from tests.integration.deploy.stack import LOOPBACK, Stack
from tests.mqtt_client import V5, V311, connected
from tests.mqtt_handshake import ACCEPTED, NOT_AUTHORIZED, connect_status
from tests.unit.repository.files import ROOT
from tests.waiting import poll
from vop.services.mosquitto import find_mosquitto

pytestmark = pytest.mark.skipif(
    find_mosquitto() is None or shutil.which("mosquitto_sub") is None,
    reason="mosquitto and mosquitto-clients are not installed",
)

DEVICE = "rv-1"


def _api(stack: Stack, token: str) -> httpx.Client:
    base = f"http://{LOOPBACK}:{stack.ports.api}/api/v1"
    return httpx.Client(base_url=base, headers={"Authorization": f"Bearer {token}"}, timeout=30)


def _ok(answer: httpx.Response) -> Any:
    assert answer.is_success, answer.text
    return answer.json()


def test_a_device_registered_over_http_and_heard_over_mqtt_has_a_history(stack: Stack) -> None:
    for name in stack.order():
        stack.start(name)
    assert list(stack.running) == stack.order()

    token = stack.run("api", "tokens", "add", "--user", "ada", "--role", "admin", "--role", "support")
    with _api(stack, token) as api:
        made = _ok(api.post("/devices", json={"device": DEVICE, "product": "robot_vacuum"}))
        secret = made["secret"]
        devices = stack.ports.devices
        poll(
            lambda: connect_status(LOOPBACK, devices, DEVICE, secret),
            until=lambda status: status == ACCEPTED,
            what="the broker letting the device in",
        )
        now = time.time_ns() // 1_000_000
        with connected(LOOPBACK, devices, DEVICE, secret, version=V311) as device:
            for seq in range(3):
                reading = b'{"ts":%d,"boot":1,"seq":%d,"values":{"battery_pct":%d}}' % (now + seq, seq, 80 + seq)
                device.publish(f"vop/v1/{DEVICE}/up/telemetry", reading)
                device.publish(f"vop/v1/{DEVICE}/up/telemetry", reading)
            device.publish(f"vop/v1/{DEVICE}/up/telemetry", b'{"boot":1,"seq":3,"values":{"battery_pct":"full"}}')
            device.publish(f"vop/v1/{DEVICE}/up/telemetry", b'{"boot":1,"seq":4,"values":{"battery_pct":70}}')
            device.publish(f"vop/v1/{DEVICE}/up/telemetry", b"not json")
            device.publish(
                f"vop/v1/{DEVICE}/up/event",
                b'{"ts":%d,"boot":1,"seq":5,"kind":"clean_started","attrs":{}}' % (now + 5),
            )
            device.publish(f"vop/v1/{DEVICE}/up/state", b'{"online":true,"boot":1,"conn":1}', retain=True)
            assert device.publish(f"vop/v1/{DEVICE}/down/command", b"{}").value == 0  # 3.1.1 cannot be told
        history = poll(
            lambda: _ok(api.get(f"/devices/{DEVICE}/history", params={"signal": "battery_pct"}))["items"],
            until=lambda items: sum(item["n"] for item in items) >= 4,
            what="history",
        )
        assert max(item["max"] for item in history) == 82
        letters = poll(lambda: _ok(api.get("/deadletters"))["items"], until=lambda found: len(found) >= 2)
        assert {letter["reason"] for letter in letters} == {"wrong_type", "not_json"}
        events = poll(lambda: _ok(api.get(f"/devices/{DEVICE}/events"))["items"])
        assert [event["kind"] for event in events] == ["clean_started"]
        assert poll(lambda: _ok(api.get(f"/devices/{DEVICE}"))["presence"]["connected"]) is True

        metrics = httpx.get(f"http://{LOOPBACK}:{stack.ports.metrics}/metrics").text
        assert "vop_ingest_elements_duplicate_total 3.0" in metrics
        poll(
            lambda: httpx.get(f"http://{LOOPBACK}:{stack.ports.metrics}/metrics").text,
            until=lambda text: "vop_broker_publish_messages_dropped 0.0" in text,
            what="the broker's own figures, which its account for ingest may read",
        )

        # Who lost the account is out at once; services' accounts are not devices' and the other way round.
        with connected(LOOPBACK, devices, DEVICE, secret) as device:
            assert api.delete(f"/devices/{DEVICE}/credentials").is_success
            poll(lambda: device.disconnects, what="the end of the revoked device's connection")
        assert connect_status(LOOPBACK, devices, DEVICE, secret) == NOT_AUTHORIZED
        monitor = (stack.secrets / "monitor_mqtt_password").read_text().strip()
        assert connect_status(LOOPBACK, devices, "monitor", monitor) == NOT_AUTHORIZED
        with connected(LOOPBACK, stack.ports.services, "monitor", monitor, client_id="spy", version=V5) as spy:
            spy.subscribe("vop/v1/#")
            assert spy.publish(f"vop/v1/{DEVICE}/up/telemetry", b"{}").is_failure

    for name in ("retention", "relay", "ingest", "api", "broker-accounts", "mosquitto"):
        assert stack.stop(name) in (0, -signal.SIGTERM), stack.log(name).read_text()


def test_a_simulated_fleet_comes_in_over_tls(stack: Stack) -> None:
    """By the commands of docs/operations.md, and the profile's own."""
    for name in stack.order():
        stack.start(name)
    page = (ROOT / "docs/operations.md").read_text().partition("### A simulated fleet")[2]
    commands = page.partition("```sh\n")[2].partition("docker compose --profile")[0]
    vop = f"{sys.executable} -m vop"
    script = commands.replace("docker compose exec -T api vop", vop).replace("deploy/sim", str(stack.place / "sim"))
    made = subprocess.run(["/bin/sh", "-euc", script], env=stack.environment("api"), capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    accounts = (stack.place / "sim/accounts.csv").read_text().splitlines()
    assert [line.rpartition(",")[0] for line in accounts] == [
        "device,product",
        "sim-1,robot_vacuum",
        "sim-2,pill_dispenser",
    ]
    device, _, secret = accounts[-1].split(",")
    poll(
        lambda: connect_status(LOOPBACK, stack.ports.devices, device, secret),
        until=lambda status: status == ACCEPTED,
        what="the broker's new accounts; refused before, the container would be started again",
    )
    stack.start("simulator")
    poll(
        lambda: httpx.get(f"http://{LOOPBACK}:{stack.ports.metrics}/metrics").text,
        until=lambda text: bool(re.search(r"^vop_ingest_elements_stored_total [1-9]", text, re.MULTILINE)),
        timeout_s=60,
        what="what the fleet has lived through",
    )
    assert stack.stop("simulator") in (0, -signal.SIGTERM), stack.log("simulator").read_text()


def test_the_steps_before_the_services_may_be_repeated(stack: Stack) -> None:
    for _ in range(2):
        for name in ("roles", "migrate", "volumes", "broker-accounts-once"):
            stack.start(name)
    # A changed password file takes effect with the next run.
    changed = stack.secrets / "api_pgpass"
    changed.write_text("*:*:*:vop_api:another\n")
    stack.start("roles")
    assert stack.run("api", "tokens", "list").startswith("TOKEN")


def test_a_missing_secret_stops_the_first_step(stack: Stack) -> None:
    (stack.secrets / "api_pgpass").unlink()
    with pytest.raises(AssertionError, match=r"run deploy/make-secrets\.sh"):
        stack.start("roles")


def test_the_broker_does_not_start_without_its_services_passwords(stack: Stack) -> None:
    (stack.secrets / "ingest_mqtt_url").write_text("mqtt://mosquitto:1884\n")
    with pytest.raises(AssertionError, match="holds no password"):
        stack.start("mosquitto")
