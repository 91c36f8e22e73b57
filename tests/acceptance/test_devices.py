"""What a device does over MQTT, and what a person sees of it over HTTP."""

from __future__ import annotations

import json
import logging
import subprocess
import time
from urllib.parse import urlsplit

import pytest
from paho.mqtt.enums import MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from tests.acceptance.stage import Platform, now_ms
from tests.mqtt_client import V5, V311, connected
from tests.waiting import poll

log = logging.getLogger(__name__)

both_versions = pytest.mark.parametrize("version", [V311, V5], ids=["3.1.1", "5"])


@pytest.mark.parametrize("version", ["311", "5"])
def test_what_mosquitto_pub_says_is_in_the_history(platform: Platform, version: str) -> None:
    name = f"pub-{version}"
    platform.device(name)
    for value, message in (
        (81.5, {"ts": now_ms(), "boot": 1, "seq": 0, "values": {"battery_pct": 81.5}}),
        (82.5, {"battery_pct": 82.5}),
    ):
        done = platform.pub(name, f"vop/v1/{name}/up/telemetry", "-m", json.dumps(message), version=version)
        acknowledged_at = time.monotonic()
        assert done.returncode == 0, done.stderr
        poll(lambda value=value: value in platform.values(name), what=f"{value} in the history of {name}")  # type: ignore[misc]
        log.info("in the history %.3f s after its acknowledgement", time.monotonic() - acknowledged_at)
    assert platform.get("max", f"/devices/{name}")["latest"]["battery_pct"]["value"] == 82.5
    assert platform.letters(name) == []


@both_versions
def test_a_device_is_kept_off_the_topics_of_another(platform: Platform, version: MQTTProtocolVersion) -> None:
    own, other = f"own-{version.name.lower()}", f"other-{version.name.lower()}"
    secrets = platform.devices([own, other])
    host, port = platform.broker.host, platform.broker.port
    forged = json.dumps({"battery_pct": 99}).encode()
    service = urlsplit(platform.broker.url_of("converse"))
    assert service.port is not None
    with (
        connected(host, service.port, service.username, service.password, client_id=f"converse-{own}") as speaker,
        connected(host, port, own, secrets[own], version=version) as device,
    ):
        # 3.1.1 has no word for a refusal: the message is acknowledged and goes nowhere.
        said = device.publish(f"vop/v1/{other}/up/telemetry", forged)
        assert version == V311 or said == ReasonCode(PacketTypes.PUBACK, "Not authorized")
        for wanted in (f"vop/v1/{other}/down/#", f"vop/v1/{other}/up/#", "vop/v1/+/down/command", "#"):
            device.subscribe(wanted)
        device.subscribe(f"vop/v1/{own}/down/#")
        speaker.publish(f"vop/v1/{other}/down/command", b"not yours")
        speaker.publish(f"vop/v1/{own}/down/command", b"yours")
        poll(lambda: (f"vop/v1/{own}/down/command", b"yours") in device.received, what="its own command")
        assert {topic for topic, _ in device.received} == {f"vop/v1/{own}/down/command"}
        device.publish(f"vop/v1/{own}/up/telemetry", forged)
        poll(lambda: platform.values(own) == [99], what="what it may say")
    assert platform.values(other) == []
    assert platform.letters(other) == []


@both_versions
def test_another_client_id_takes_no_session_over(platform: Platform, version: MQTTProtocolVersion) -> None:
    victim, thief = f"victim-{version.name.lower()}", f"thief-{version.name.lower()}"
    secrets = platform.devices([victim, thief])
    host, port = platform.broker.host, platform.broker.port
    service = urlsplit(platform.broker.url_of("converse"))
    assert service.port is not None
    with (
        connected(host, service.port, service.username, service.password, client_id=f"converse-{victim}") as speaker,
        connected(host, port, victim, secrets[victim], version=version, persistent=True) as one,
    ):
        one.subscribe(f"vop/v1/{victim}/down/#")
        with connected(
            host, port, thief, secrets[thief], client_id=victim, version=version, persistent=True
        ) as another:
            speaker.publish(f"vop/v1/{victim}/down/command", b"for the victim")
            poll(lambda: one.received, what="the victim's command")
            another.publish(f"vop/v1/{thief}/up/telemetry", json.dumps({"battery_pct": 3}).encode())
            poll(lambda: platform.values(thief) == [3], what="the other under its own name")
            assert another.received == []
        assert one.disconnects == []
        one.publish(f"vop/v1/{victim}/up/telemetry", json.dumps({"battery_pct": 4}).encode())
        poll(lambda: platform.values(victim) == [4], what="the victim going on")


def test_a_revoked_device_is_put_out(platform: Platform) -> None:
    secret = platform.device("leaver")
    with connected(platform.broker.host, platform.broker.port, "leaver", secret) as device:
        assert platform.call("sam", "DELETE", "/devices/leaver/credentials").status_code == 200
        poll(lambda: device.disconnects, what="the broker disconnecting it")
    assert platform.pub("leaver", "vop/v1/leaver/up/telemetry", "-m", "{}").returncode != 0
    assert platform.post("leaver", {"battery_pct": 1}).status_code == 401


def test_a_product_that_is_only_a_file_goes_from_toml_to_the_history(platform: Platform) -> None:
    assert platform.vop("catalog", "check", platform.environment["VOP_CATALOG_DIR"]).strip().endswith("ok")
    assert platform.get("quinn", "/products/water_jug")["label"]["en"] == "Water filter jug"
    platform.device("jug-1", "water_jug")
    at = now_ms() - 60_000
    reading = {"ts": at, "boot": 1, "seq": 0, "values": {"flow_l_per_min": 1.25, "filtered_total_l": 812.4}}
    filled = {"ts": at + 1, "boot": 1, "seq": 1, "kind": "filled", "attrs": {"volume_l": 2.4}}
    for channel, message in (("telemetry", reading), ("event", filled)):
        done = platform.pub("jug-1", f"vop/v1/jug-1/up/{channel}", "-m", json.dumps(message))
        assert done.returncode == 0, done.stderr
    poll(lambda: platform.values("jug-1", "flow_l_per_min") == [1.25], what="the jug's flow")
    assert platform.values("jug-1", "filtered_total_l") == [812.4]
    (event,) = poll(lambda: platform.get("sam", "/devices/jug-1/events")["items"], what="the jug's event")
    assert (event["kind"], event["attrs"]) == ("filled", {"volume_l": pytest.approx(2.4)})
    assert poll(lambda: platform.get("sam", "/devices/jug-1/usage")["total"]["uses"], what="its use") == 1


def test_presence_follows_the_device_and_its_will(platform: Platform) -> None:
    platform.device("here")
    topic = "vop/v1/here/up/state"
    will = ["--will-topic", topic, "--will-qos", "1", "--will-retain"]
    will += ["--will-payload", json.dumps({"online": False, "boot": 4, "conn": 1})]

    def presence() -> bool:
        return bool(platform.get("max", "/devices/here")["presence"]["connected"])

    assert presence() is False
    argv = ["mosquitto_pub", *platform.as_device("here"), "-q", "1", "-r", "-t", topic, "-l", *will]
    with subprocess.Popen(argv, stdin=subprocess.PIPE) as device:
        try:
            assert device.stdin is not None
            state = {"online": True, "boot": 4, "conn": 1, "ts": now_ms(), "firmware": "1.4.2", "values": {}}
            device.stdin.write(json.dumps(state).encode() + b"\n")
            device.stdin.flush()
            poll(presence, what="connected")
            assert platform.get("max", "/devices/here")["reported"]["firmware"] == "1.4.2"
        finally:
            device.kill()
    poll(lambda: not presence(), what="offline by its will")
    again = {"online": True, "boot": 4, "conn": 1, "ts": now_ms(), "values": {}}
    platform.pub("here", topic, "-m", json.dumps(again))
    platform.pub("here", "vop/v1/here/up/telemetry", "-m", json.dumps({"battery_pct": 9}))
    poll(lambda: platform.values("here") == [9], what="what was sent after the late state")
    assert presence() is False, "an online of a connection whose will is in is late"
    platform.pub("here", topic, "-m", json.dumps(again | {"conn": 2}))
    poll(presence, what="connected again")


def slots(platform: Platform) -> list[str]:
    """What the slots are, sorted."""
    return sorted(line.split("\t")[1].split()[0] for line in platform.vop("ingest", "slots").splitlines())


def test_a_worker_more_and_a_worker_less_lose_nothing(platform: Platform) -> None:
    secret = platform.device("steady")
    sent = 0
    start = now_ms() - 3_600_000
    with connected(platform.broker.host, platform.broker.port, "steady", secret) as device:

        def say(count: int) -> None:
            nonlocal sent
            infos = []
            for _ in range(count):
                message = {"ts": start + sent, "boot": 1, "seq": sent, "values": {"battery_pct": 50}}
                infos.append(device.paho.publish("vop/v1/steady/up/telemetry", json.dumps(message), qos=1))
                sent += 1
            for info in infos:
                info.wait_for_publish(30)

        say(200)
        with platform.worker("second") as second:
            poll(lambda: "standing by" in second.said(), what="the second worker standing by")
            assert slots(platform) == ["held"]
            say(400)
            platform.ingest.stop()
            say(200)
            poll(lambda: "receiving" in second.said(), what="the second worker going on")
            platform.ingest.start()
            assert second.stop() == 0
        say(200)
        poll(lambda: platform.count("steady"), until=lambda n: n == sent, what="every message stored once")
    gaps = platform.get("sam", "/devices/steady/gaps")
    assert (gaps["lost_count"], gaps["seq_reused"]) == (0, 0)
