"""A device that loses, garbles, restarts, repeats itself and lies about its clock: the gap report is its own log."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from tests.acceptance.stage import Platform, now_ms
from tests.integration.store.truth import Number, Span, clipped, swept
from tests.mqtt_client import Client, connected
from tests.waiting import poll

MINUTE_MS = 60_000
EVERY_MS = 10 * MINUTE_MS
TAIL_MS = 45 * MINUTE_MS
"""Three heartbeats of a robot vacuum."""
TRAVEL_S = 20.0
"""What a time that is resolved from arrival may be off, at most."""
LENGTHS = {3: 40, 4: 25, 6: 30, 7: 20}
"""Boot -> elements it recorded. Of boot 5 nobody ever hears."""
OUTAGE = range(12, 24)
"""Numbers of boot 3 that were lost in one go."""


@dataclass
class Log:
    """What the device did, in its own words."""

    said: dict[Number, int] = field(default_factory=dict)
    """Understood: number -> when it was measured, ms."""
    lost: set[Number] = field(default_factory=set)
    refused: set[Number] = field(default_factory=set)
    clockless: set[Number] = field(default_factory=set)
    links: dict[Number, Number] = field(default_factory=dict)
    messages: list[bytes] = field(default_factory=list)
    extra: list[int] = field(default_factory=list)
    """When something was measured under a number that was taken."""

    def spans(self) -> list[Span]:
        """When it was heard, by the definition."""
        times = self.said
        spans = [(ts, ts + TAIL_MS) for ts in (*times.values(), *self.extra)]
        spans += [(ts, times[b, s + 1]) for (b, s), ts in times.items() if (b, s + 1) in times]
        spans += [(times[old], times[new]) for new, old in self.links.items() if old in times]
        return swept(spans)


def live(start_ms: int, rng: random.Random) -> Log:
    """Record four boots; what was not lost is to be sent in an order of its own, some of it twice."""
    log = Log()
    at = start_ms
    before: Number | None = None
    for boot, length in LENGTHS.items():
        booted = at
        for seq in range(length):
            at += EVERY_MS
            number = (boot, seq)
            element: dict[str, Any] = {"ts": at, "boot": boot, "seq": seq, "values": {"battery_pct": 50}}
            if seq == 0 and before is not None:
                element["prev"] = {"boot": before[0], "seq": before[1]}
            if (boot == 3 and seq in OUTAGE) or (seq and rng.random() < 0.1):
                log.lost.add(number)
                continue
            if seq in (1, 2):
                element |= {"ts": at - booted, "age_ms": now_ms() - at}
                log.clockless.add(number)
            if seq and rng.random() < 0.1:
                element["values"] = {"battery_pct": "full"}
                log.refused.add(number)
                log.clockless.discard(number)
            else:
                log.said[number] = at
                if seq == 0 and before is not None:
                    log.links[number] = before
            log.messages.append(json.dumps(element).encode())
        before = (boot, length - 1) if boot != 4 else (5, 8)
        at += EVERY_MS
    rng.shuffle(log.messages)
    log.messages += rng.sample(log.messages, 10)
    log.extra.append(log.said[7, 0] + 1_000)
    again = {"ts": log.extra[0], "boot": 7, "seq": 0, "values": {"battery_pct": 1}}
    log.messages.append(json.dumps(again).encode())
    return log


def test_the_gap_report_is_the_devices_own_log(platform: Platform) -> None:
    name = "forgetful"
    secret = platform.device(name)
    rng = random.Random(5)
    start = now_ms() - 24 * 60 * MINUTE_MS
    log = live(start, rng)
    with connected(platform.broker.host, platform.broker.port, name, secret) as client:
        _say(client, name, log.messages)
    period = {"from": _rfc3339(start), "to": _rfc3339(start + 23 * 60 * MINUTE_MS)}
    poll(
        lambda: platform.count(name, **period),
        until=lambda n: n == len(log.said) + 1,
        what="everything understood stored",
    )
    poll(lambda: len(platform.letters(name)), until=lambda n: n == len(log.refused), what="the refused kept")
    found = platform.get("sam", f"/devices/{name}/gaps", **period)

    lost = {(each["boot"], seq) for each in found["lost"] for seq in _numbers(each)}
    # Of boot 5 it is only known how far it came, by the word of the next.
    assert lost == log.lost - _unknowable(log) | {(5, seq) for seq in range(9)}
    assert (found["lost_count"], found["lost_boots"]) == (len(lost), 0)
    assert found["lost_ranges"] == len(found["lost"])
    # They came now, after the period.
    today = platform.get("sam", f"/devices/{name}/gaps", **{"from": _rfc3339(start)})
    assert {(each["boot"], each["seq"]) for each in today["refused"]} == log.refused
    assert (found["refused_count"], today["refused_count"]) == (0, len(log.refused))
    assert {each["reason"] for each in today["refused"]} == {"wrong_type"}
    assert (found["clock_count"], found["seq_reused"]) == (len(log.clockless), 1)

    reboots = {each["boot"]: each for each in found["reboots"]}
    assert {boot: (each["prev_boot"], each["prev_seq"]) for boot, each in reboots.items()} == {
        4: (3, LENGTHS[3] - 1), 6: (5, 8), 7: (6, LENGTHS[6] - 1)
    }  # fmt: skip
    assert {boot: each["complete"] for boot, each in reboots.items()} == {
        new[0]: old in log.said for new, old in log.links.items()
    }

    heard = log.spans()
    end = start + 23 * 60 * MINUTE_MS
    begins, ends = heard[0][0], min(end, now_ms())
    silence = list(zip([until for _, until in heard], [*(since for since, _ in heard[1:]), ends], strict=True))
    silence = [each for each in silence if each[0] < min(each[1], ends)]
    assert len(silence) > 1
    reported = [(_ms(each["since"]), _ms(each["until"])) for each in reversed(found["silence"])]
    for one, other in zip(reported, silence, strict=True):
        assert one == pytest.approx(other, abs=TRAVEL_S * 1000)
    assert found["watched_s"] == pytest.approx((ends - begins) / 1000, abs=TRAVEL_S)
    assert found["heard_s"] == pytest.approx(clipped(heard, start, ends) / 1000, abs=TRAVEL_S)
    assert found["heard_s"] + found["silence_s"] == pytest.approx(found["watched_s"])
    assert found["coverage"] == pytest.approx(found["heard_s"] / found["watched_s"])


def _say(client: Client, name: str, messages: list[bytes]) -> None:
    for message in messages:
        assert not client.publish(f"vop/v1/{name}/up/telemetry", message).is_failure


def _numbers(each: dict[str, Any]) -> range:
    return range(each["first_seq"], each["last_seq"] + 1)


def _unknowable(log: Log) -> set[Number]:
    """Lost after the last of a boot that came, and after what the next boot names: nobody can know of them."""
    named = set(log.links.values())
    known = set(log.said) | log.refused | named
    # A refused number alone proves nothing that came after it; a stored or named one does.
    reach = {boot: max((s for b, s in set(log.said) | named if b == boot), default=-1) for boot, _ in known}
    return {(boot, seq) for boot, seq in log.lost if seq > reach[boot]}


def _rfc3339(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000).astimezone().isoformat()


def _ms(text: str) -> float:
    return datetime.fromisoformat(text).timestamp() * 1000
