"""The broker: does it let us in, what does it say of itself, and with which limits was it started."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ingest.mqtt import packets, reasons
from ingest.mqtt.link import Link
from ingest.mqtt.protocol import BrokerSays, Connected, Granted, Protocol
from store.diagnosis.finding import Finding, fail, ok, unknown, warn
from vop.doctor.surroundings import Surroundings
from wire.broker import BrokerAddress, Session
from wire.errors import WireError

LISTEN_S: Final = 2.3
"""Two readings of $SYS when the broker publishes it every second, as ours does."""
TOLD_S: Final = 60
"""Mosquitto publishes a number when it changes, and keeps it for later subscribers no longer than this."""
CONNECT_S: Final = 3.0
TICK_S: Final = 0.1
ABOUT_ITSELF: Final = "$SYS/broker/#"
DROPPED: Final = "$SYS/broker/publish/messages/dropped"
QUEUED: Final = ("$SYS/broker/store/messages/count", "$SYS/broker/messages/stored")
QUEUED_BYTES: Final = "$SYS/broker/store/messages/bytes"
VERSION: Final = "$SYS/broker/version"
GROWING: Final = 1_000
"""Messages more in the queue after `LISTEN_S`: nobody takes them, or not fast enough."""
LEAST_QUEUE_BYTES: Final = 100_000_000
LEAST_QUEUED: Final = 1_000_000
QUEUE_WARN: Final = 0.5
QUEUE_FAIL: Final = 0.9
MANUAL: Final = "docs/operations.md, How large a queue"


class Refused(Exception):
    """The broker answers and does not let us in, or not let us read about it."""


@dataclass(slots=True)
class Said:
    """What the broker says of itself: the first and the last value of each topic."""

    first: dict[str, bytes] = field(default_factory=dict)
    last: dict[str, bytes] = field(default_factory=dict)
    refused: str | None = None
    """It does not let us read about it."""

    def number(self, *topics: str) -> tuple[float, float] | None:
        """First and last value of the first topic that there is; None when there is none."""
        for topic in topics:
            try:
                return float(self.first[topic]), float(self.last[topic])
            except (KeyError, ValueError):
                continue
        return None

    @property
    def by_mosquitto(self) -> bool:
        """It lets us read what it says, so a number that is missing has not changed for `TOLD_S`."""
        return self.refused is None and self.last.get(VERSION, b"").startswith(b"mosquitto ")


def examine(around: Surroundings) -> list[Finding]:
    """All findings about the broker; takes about `LISTEN_S`."""
    if not around.mqtt_url:
        return [
            unknown(
                "broker.reachable",
                "VOP_MQTT_URL is not set here, so the broker was not looked at",
                "set it as ingest has it, and run this again",
            )
        ]
    try:
        address = BrokerAddress.parse(around.mqtt_url)
    except WireError as error:
        return [fail("broker.reachable", str(error), "correct it where ingest is started")]
    findings: list[Finding] = []
    said: Said | None = None
    try:
        said = listen(address)
        findings.append(ok("broker.reachable", f"the broker at {address} lets us in{_version(said)}"))
    except Refused as error:
        findings.append(
            fail(
                "broker.reachable",
                f"the broker at {address} refuses us: {error}",
                "compare user and password in VOP_MQTT_URL with its accounts; ingest cannot receive",
            )
        )
    except OSError as error:
        findings.append(
            fail(
                "broker.reachable",
                f"the broker at {address} does not answer: {error}",
                "see that it runs and that host, port and TLS in VOP_MQTT_URL are its own; devices cannot deliver",
            )
        )
    limits = configuration(around.broker_config, address)
    if said is not None:
        findings += [dropped(said), queue(said, limits)]
    return [*findings, kept(limits), limit(limits)]


def listen(address: BrokerAddress, seconds: float = LISTEN_S) -> Said:
    """What the broker says of itself within `seconds`. Raises OSError, and `Refused`."""
    link = Link.open(address)
    try:
        link.send(packets.connect(address, Session(f"vop-doctor-{os.getpid()}", clean_start=True)))
        said, protocol = Said(), Protocol(0)
        until = time.monotonic() + CONNECT_S
        let_in = False
        while time.monotonic() < until:
            try:
                received = link.receive(TICK_S)
            except OSError as error:
                if not let_in:
                    raise
                # rumqttd, instead of refusing the subscription.
                said.refused = f"asked about itself, {error}"
                return said
            output = protocol.feed(received, time.time_ns() // 1_000_000)
            values = [(m.topic, m.payload) for m in output.messages]
            for event in output.events:
                if isinstance(event, Connected):
                    let_in, until = True, time.monotonic() + seconds
                    link.send(packets.subscribe(1, ABOUT_ITSELF, qos=0, retained=packets.SEND_RETAINED))
                elif isinstance(event, Granted) and event.reasons[:1] >= bytes([reasons.FAILURE]):
                    said.refused = reasons.name(event.reasons[0])
                elif isinstance(event, BrokerSays):
                    values.append((event.topic, event.payload))
            for topic, payload in values:
                said.first.setdefault(topic, payload)
                said.last[topic] = payload
            if output.end and not let_in:
                raise Refused(output.end.text) if output.end.refused else ConnectionError(output.end.text)
            if output.end:
                said.refused = output.end.text
                return said
        if not let_in:
            raise TimeoutError(f"it took the connection and said nothing for {CONNECT_S:g} s")
        link.send(packets.disconnect(reasons.NORMAL_DISCONNECTION))
        return said
    finally:
        link.close()


def dropped(said: Said) -> Finding:
    """Does the broker drop messages that it has acknowledged?"""
    name, found = "broker.dropped", said.number(DROPPED)
    if found is None and said.by_mosquitto:
        metric = "ingest's vop_broker_publish_messages_dropped"
        return ok(name, f"the broker has dropped nothing in the past {TOLD_S} s; for longer than that see {metric}")
    if found is None:
        why = f" ({said.refused})" if said.refused else ""
        return unknown(
            name,
            f"the broker does not tell us how many messages it has dropped{why}",
            "let this account read $SYS/#, or watch the broker by its own means: a full queue loses silently",
        )
    before, after = found
    if after > before:
        return fail(
            name,
            f"the broker dropped {after - before:,.0f} messages while we looked, {after:,.0f} since it started: "
            "they are acknowledged and lost",
            f"bring ingest and the database back, then make the queue larger ({MANUAL})",
        )
    if after:
        return warn(
            name,
            f"the broker has dropped {after:,.0f} messages since it started; they show as gaps of their devices",
            f"if that was an outage, make the queue larger ({MANUAL}); the count starts anew with the broker",
        )
    return ok(name, "the broker has dropped nothing since it started")


def queue(said: Said, limits: Limits | None) -> Finding:
    """Does the queue grow, or come near its limit?"""
    name, found = "broker.queue", said.number(*QUEUED)
    if found is None and said.by_mosquitto:
        return ok(name, f"the broker's queue has not changed for {TOLD_S} s")
    if found is None:
        return unknown(name, "the broker does not tell us how much it holds", "let this account read $SYS/#")
    before, after = found
    size = (said.number(QUEUED_BYTES) or (0.0, 0.0))[1]
    words = f"{after:,.0f} messages ({size / 1_000_000:,.1f} MB) are in the broker's queue or retained"
    most = limits.number("max_queued_bytes", 0) if limits else 0
    do = "see that ingest runs and keeps up (`vop ingest slots`, its log); when the queue is full, messages are lost"
    if most and size > QUEUE_WARN * most:
        words += f", which takes at most {most / 1_000_000:,.0f} MB for a subscriber"
        return (fail if size > QUEUE_FAIL * most else warn)(name, words, do)
    if after - before > GROWING:
        return warn(name, f"{words}, {after - before:,.0f} more than {LISTEN_S:.0f} s ago", do)
    return ok(name, words)


@dataclass(frozen=True, slots=True)
class Limits:
    """A Mosquitto configuration: the last value of each option outside of listeners."""

    path: Path
    options: dict[str, str]

    def number(self, option: str, default: int) -> int:
        """The option as a number; the broker's own `default` when it is not there."""
        try:
            return int(self.options.get(option, default))
        except ValueError:
            return default


def configuration(named: Path | None, address: BrokerAddress) -> Limits | None:
    """That in use: the one that was named, or that of a Mosquitto on this machine with a listener on our port."""
    if named is not None:
        return _read(named)
    for path in _in_use():
        limits = _read(path)
        if limits is not None and any(word.split()[:1] == [str(address.port)] for word in _listeners(path)):
            return limits
    return None


def kept(limits: Limits | None) -> Finding:
    """Does the broker write its sessions and queues to disk?"""
    name = "broker.persistence"
    if limits is None:
        return unknown(
            name,
            "whether the broker keeps sessions and queues over a restart cannot be asked over MQTT",
            "run this on its machine, or name its configuration with --broker-config",
        )
    if limits.options.get("persistence", "false") != "true":
        return fail(
            name,
            f"the broker keeps nothing over a restart (persistence is off in {limits.path})",
            "set persistence true and persistence_location, and restart it: what waits for ingest is lost otherwise",
        )
    interval = limits.number("autosave_interval", 1800)
    if interval > 60 or interval == 0:
        return warn(
            name,
            f"the broker saves its queues every {interval} s ({limits.path}): a kill loses what came since",
            "set autosave_interval 1, as deploy/mosquitto.conf has it",
        )
    return ok(name, f"the broker keeps sessions and queues, saved every {interval} s")


def limit(limits: Limits | None) -> Finding:
    """Are its limits large enough to outlast an outage and not to throttle ingest?"""
    name = "broker.limits"
    if limits is None:
        return unknown(
            name,
            "the broker's limits cannot be asked over MQTT",
            "run this on its machine, or name its configuration with --broker-config, and compare it with "
            "deploy/mosquitto.conf",
        )
    # Mosquitto 2's own defaults: 1,000 messages, 20 in flight, no limit in bytes.
    queued = limits.number("max_queued_messages", 1_000)
    size = limits.number("max_queued_bytes", 0)
    inflight = limits.number("max_inflight_messages", 20)
    packet = limits.number("max_packet_size", 0)
    low = []
    if 0 < queued < LEAST_QUEUED:
        low.append(f"max_queued_messages is {queued:,}, seconds of a fleet (use 1000000000)")
    if 0 < size < LEAST_QUEUE_BYTES:
        low.append(f"max_queued_bytes is {size:,} (use messages a second x bytes x seconds of outage)")
    if 0 < packet < 1024 * 1024:
        low.append(f"max_packet_size is {packet:,}, and a message may have 1 MiB (use 1114112)")
    if low:
        return fail(name, f"limits of the broker are too low ({limits.path}): {'; '.join(low)}", f"see {MANUAL}")
    soft = []
    if 0 < inflight < 65_535:
        soft.append(f"max_inflight_messages is {inflight:,}, which throttles ingest (use 0)")
    if size == 0:
        soft.append("max_queued_bytes is not set, so the queue grows until memory is full (use 540000000)")
    if soft:
        return warn(name, f"limits of the broker ({limits.path}): {'; '.join(soft)}", f"see {MANUAL}")
    return ok(name, f"the broker queues {size / 1_000_000:,.0f} MB for a subscriber, and does not throttle ingest")


def _version(said: Said) -> str:
    version = said.last.get(VERSION, b"").decode("utf-8", "replace")
    return f" ({version})" if version else ""


def _in_use() -> Iterator[Path]:
    """Configurations of the Mosquittos that run on this machine (Linux)."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:  # it has ended, or is not ours to look at
            continue
        if Path(os.fsdecode(words[0])).name == "mosquitto" and b"-c" in words[:-1]:
            yield Path(os.fsdecode(words[words.index(b"-c") + 1]))


def _lines(path: Path) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return []
    return [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def _read(path: Path) -> Limits | None:
    lines = _lines(path)
    options = {option: value.strip() for option, _, value in (line.partition(" ") for line in lines)}
    return Limits(path, options) if lines else None


def _listeners(path: Path) -> list[str]:
    return [line.removeprefix("listener ") for line in _lines(path) if line.startswith("listener ")]
