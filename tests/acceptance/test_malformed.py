"""Whatever comes in: each element is stored, flagged or kept with its reason, and the worker goes on as before."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.acceptance.stage import Platform, now_ms
from tests.mqtt_client import Client, connected
from tests.waiting import poll

log = logging.getLogger(__name__)

DAY_MS = 86_400_000
KIB = 1024
GROWTH_MIB = 30
"""Generous: allocators keep what they had at their busiest."""

ELEMENTS = {
    b'{"battery_pct": "81"}': "wrong_type",
    b'{"battery_pct": true}': "wrong_type",
    b'{"values": {"battery_pct": [1]}}': "wrong_type",
    b'{"values": 5}': "wrong_shape",
    b"[]": "wrong_shape",
    b'"battery_pct"': "wrong_shape",
    b'{"note": "a\\u0000b"}': "wrong_shape",
    b'{"note": "\\ud800"}': "wrong_shape",
    b'{"ts": "yesterday", "values": {"battery_pct": 1}}': "bad_ts",
    b'{"boot": 1, "values": {"battery_pct": 1}}': "wrong_shape",
    b'{"battery_pct": NaN}': "not_finite",
    b'{"battery_pct": 1e400}': "not_finite",
    b'{"battery_pct": -Infinity}': "not_finite",
    b'{"battery_pct": 1e39}': "not_finite",  # finite, but not in the 32 bits of its column
    b'{"deep": ' + b"[" * 1000 + b"]" * 1000 + b"}": "too_deep",
    b'{"long": "' + b"x" * 5 * KIB + b'"}': "too_large",
}
"""Each sent as the middle one of three."""

MESSAGES = {
    b"": "not_json",
    b'{"battery_pct": 81': "not_json",
    b'[{"battery_pct": 81}, {"battery_pct"': "not_json",
    b"[" * 100_000: "not_json",
    b'{"battery_pct": 1}\0': "not_json",
    b'{"note": "\xff\xfe"}': "not_utf8",
    b"\x80\x81": "not_utf8",
    b"[" + b",".join([b"{}"] * 1001) + b"]": "too_large",
    b'{"note": "' + b"x" * 256 * KIB + b'"}': "too_large",
    b'{"note": "' + b"x" * 1000 * KIB + b'"}': "too_large",
}
"""Nothing of them can be used."""


@dataclass
class Talker:
    """A connected device that numbers what is right."""

    platform: Platform
    name: str
    client: Client
    seq: int = 0

    def good(self) -> bytes:
        """A reading of its own identity."""
        at = now_ms() - 7_200_000 + self.seq
        message = {"ts": at, "boot": 1, "seq": self.seq, "values": {"battery_pct": 50}}
        self.seq += 1
        return json.dumps(message).encode()

    def say(self, payload: bytes, channel: str = "telemetry") -> None:
        """Publish, and wait until the broker has it."""
        assert not self.client.publish(f"vop/v1/{self.name}/up/{channel}", payload).is_failure

    def wait(self) -> None:
        """Until everything right is stored: what was said before it has been dealt with then."""
        poll(lambda: self.platform.count(self.name), until=lambda n: n == self.seq, what="the neighbours stored")


@contextmanager
def talker(platform: Platform, name: str) -> Iterator[Talker]:
    secret = platform.device(name)
    with connected(platform.broker.host, platform.broker.port, name, secret) as client:
        yield Talker(platform, name, client)


def test_an_element_is_refused_alone_and_a_message_whole(platform: Platform) -> None:
    pid = platform.ingest.pid
    with talker(platform, "garbled") as device:
        for element in ELEMENTS:
            device.say(b"[" + device.good() + b"," + element + b"," + device.good() + b"]")
        for message in MESSAGES:
            device.say(message)
            device.say(device.good())
        device.say(b"{}", "nonsense")
        device.say(device.good())
        device.wait()
    expected = [(reason, 1) for reason in ELEMENTS.values()]
    expected += [(reason, 0) for reason in (*MESSAGES.values(), "bad_topic")]
    assert platform.letters("garbled") == sorted(expected)
    gaps = platform.get("sam", "/devices/garbled/gaps")
    assert (gaps["lost_count"], gaps["clock_count"]) == (0, 0)
    assert (platform.ingest.pid, platform.ingest.alive) == (pid, True)


def test_what_calls_itself_something_else_is_kept(platform: Platform) -> None:
    platform.device("binary")
    topic = "vop/v1/binary/up/telemetry"
    content_type = ["-D", "PUBLISH", "content-type", "application/cbor"]
    done = platform.pub("binary", topic, "-m", json.dumps({"battery_pct": 4}), *content_type)
    assert done.returncode == 0, done.stderr
    poll(lambda: platform.letters("binary") == [("content_type", 0)], what="its dead letter")


def test_a_packet_beyond_the_limit_ends_its_connection_alone(platform: Platform) -> None:
    with talker(platform, "huge") as device, talker(platform, "modest") as other:
        sent = device.client.paho.publish("vop/v1/huge/up/telemetry", b"x" * 1200 * KIB, qos=1)
        poll(lambda: device.client.disconnects, what="the end of its connection")
        assert sent.mid not in device.client.acknowledged
        other.say(other.good())
        other.wait()
        assert other.client.disconnects == []
        device.client.paho.disconnect()
    assert platform.letters("huge") == []
    assert platform.ingest.alive


def test_a_device_nobody_registered_is_kept_and_stored_once_it_is(platform: Platform) -> None:
    service = urlsplit(platform.broker.url_of("converse"))
    assert service.port is not None
    at = now_ms() - 60_000
    message = json.dumps([{"ts": at + n, "boot": 1, "seq": n, "values": {"battery_pct": 60 + n}} for n in range(3)])
    topic = "vop/v1/newcomer/up/telemetry"
    with connected(
        platform.broker.host, service.port, service.username, service.password, client_id="converse-newcomer"
    ) as speaker:
        speaker.publish(topic, message.encode())
    poll(lambda: platform.letters("newcomer") == [("unknown_device", 0)], what="its dead letter")
    platform.device("newcomer")
    (letter,) = [
        json.loads(line) for line in platform.vop("deadletters", "list", "--device=newcomer", "--json").split("\n")[:-1]
    ]
    said = platform.vop("deadletters", "replay", "--dry-run", f"--id={letter['dead_letter_id']}")
    assert said.strip().endswith("3 elements accepted")
    platform.vop("deadletters", "replay", f"--id={letter['dead_letter_id']}")
    assert platform.count("newcomer") == 3
    assert platform.letters("newcomer") == []
    assert platform.get("ada", "/audit", action="deadletter.replay")["items"][0]["actor"] == "system:vop-deadletters"


def test_a_wrong_clock_is_flagged_and_a_year_late_is_not_wrong(platform: Platform) -> None:
    now = now_ms()
    clocks = {"epoch": 0, "ahead": now + 365 * DAY_MS, "ancient": now - 500 * DAY_MS, "none": None}
    with talker(platform, "clocked") as device:
        for seq, (name, ts) in enumerate(clocks.items()):
            event = {"ts": ts, "boot": 1, "seq": seq, "kind": "clean_started", "attrs": {"from": name}}
            device.say(json.dumps(event).encode(), "event")
            device.say(json.dumps(event).encode(), "event")  # again: it meets the time it was given
        late = {"ts": now - 365 * DAY_MS, "boot": 1, "seq": 9, "values": {"battery_pct": 7}}
        device.say(json.dumps(late).encode())
        year = timedelta(days=366)
        since = datetime.now(UTC) - year
        poll(lambda: platform.values("clocked", since=since) == [7], what="what is a year late")
    events = platform.get("sam", "/devices/clocked/events")["items"]
    assert len(events) == len(clocks)
    told = {event["seq"]: event["extra"].get("device_ts") for event in events}
    assert told == {0: 0, 1: clocks["ahead"], 2: clocks["ancient"], 3: None}
    for event in events:
        assert event["quality"] & 2, "its clock is in doubt"
        assert abs(datetime.fromisoformat(event["ts"]).timestamp() * 1000 - now) < 600_000, "when it arrived"
    within = {"from": since.isoformat()}
    assert platform.get("sam", "/devices/clocked/gaps", **within)["clock_count"] == len(clocks)
    assert platform.letters("clocked") == []


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from Linux's /proc")
def test_the_memory_of_the_worker_stays_what_it_is(platform: Platform) -> None:
    grown: list[float] = []  # resident MiB after each round
    with talker(platform, "heavy") as device:
        for _ in range(9):
            for element in ELEMENTS:
                device.say(b"[" + device.good() + b"," + element + b"]")
            for message in MESSAGES:
                device.say(message + b" " * (device.seq % 7))
            for n in range(8):  # more in six rounds than it may grow by
                device.say(b"[" * 1000 * KIB + b" " * (device.seq + n))
            device.say(device.good())
            device.wait()
            grown.append(platform.ingest.rss_kib() / KIB)
    log.info("resident MiB by round: %s", [round(size) for size in grown])
    warm = max(grown[:3])
    assert max(grown[3:]) - warm < GROWTH_MIB, grown
