"""Floods of the least and the most that MQTT and the broker allow: no payload, longest topics, largest payloads."""

from __future__ import annotations

import psycopg

from tests.faults.fleet import Fleet, Payload, Plan, reading
from tests.faults.kills import HISTORY_MS, RATE, now_ms, plans
from tests.faults.scenario import Line, Scenario, Size, line
from tests.faults.site import Grounds, site
from vop.services.mosquitto import PAYLOAD_LIMIT_BYTES

NORMAL = ["vac-0", "vac-1", "vac-2"]
EMPTY, LONG, LARGE = "empty", "long", "large"
TOPIC_BYTES = 65_535
"""Longest string of MQTT (3.1.1, section 1.5.3)."""
WINDOW = 8
"""Unacknowledged messages of a device, each of them up to a megabyte."""


def _longest(device: str, number: int) -> str:
    """A topic below the device's own, of the largest length, no two alike."""
    start = f"vop/v1/{device}/up/telemetry/{number:08}/"
    return start + "x" * (TOPIC_BYTES - len(start))


def _largest(number: int) -> bytes:
    """Sound JSON of exactly the size that the broker lets in."""
    start, end = b'{"seq":%d,"note":"' % number, b'"}'
    return start + b"x" * (PAYLOAD_LIMIT_BYTES - len(start) - len(end)) + end


def _mixed(bad: Payload) -> Payload:
    """Each odd number is `bad`, each even one a reading."""
    good = reading(now_ms() - HISTORY_MS)
    return lambda number: bad(number) if number % 2 else good(number)


def _floods(size: Size) -> list[Plan]:
    # Whatever has no payload is the same message: one identity, sent over and over.
    empties, longs, larges = size.count(3_000, 200_000), size.count(200, 5_000), size.count(24, 400)
    return [
        Plan(EMPTY, 3, _mixed(lambda _: b""), order=[0, *[1] * empties, 2], dead=frozenset({1})),
        Plan(
            LONG, 2 * longs, _mixed(lambda number: b"%d" % number), dead=frozenset(range(1, 2 * longs, 2)),
            topic_at=lambda number: _longest(LONG, number) if number % 2 else f"vop/v1/{LONG}/up/telemetry",
        ),
        Plan(LARGE, 2 * larges, _mixed(_largest), dead=frozenset(range(1, 2 * larges, 2))),
    ]  # fmt: skip


def _flooded(on: Grounds, size: Size) -> Line:
    """Three devices flood, three others say what they always say."""
    each = size.count(2_000, 60_000)
    with site(on, [*NORMAL, EMPTY, LONG, LARGE]) as here:
        floods = _floods(size)
        usual = [plan for plan in plans(here, each) if plan.device in NORMAL]
        host, port, passwords = here.broker.host, here.broker.port, here.passwords
        with (
            Fleet(host, port, passwords, usual, rate=RATE) as normal,
            Fleet(host, port, passwords, floods, window=WINDOW) as flood,
        ):
            found = here.settle(normal, flood, within_s=size.of(120, 600))
        with psycopg.connect(here.url) as conn:
            counted = conn.execute(
                "SELECT reason, count(*), sum(count)::bigint FROM dead_letters GROUP BY reason ORDER BY reason"
            ).fetchall()
        empty, long, large = floods
        assert counted == [
            ("bad_topic", len(long.dead), len(long.dead)),
            ("not_json", 1, len(empty.order) - 2),
            ("too_large", len(large.dead), len(large.dead)),
        ], counted
        assert found.acknowledged == found.stored + found.dead_lettered
        assert len(here.workers) == 1, "the worker goes on"
        note = (
            f"{len(empty.order) - 2} empty, {len(long.dead)} topics of {TOPIC_BYTES} bytes, "
            f"{len(large.dead)} payloads of 1 MiB; normal devices beside them"
        )
        return line("flood of empty, longest and largest", here, found, note)


SCENARIOS = [Scenario("extremes", "empty payloads, longest topics, largest payloads", _flooded)]
