"""The oracle: acknowledged is a subset of stored plus dead-lettered, which is a subset of sent, each id once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

import psycopg

from tests.faults.fleet import Fleet, Line
from tests.faults.ranges import Ranges

Key: TypeAlias = tuple[str, int]
"""Device and boot."""


@dataclass(frozen=True)
class Books:
    """What was sent and what became of it, in messages of their own identity."""

    sent: int
    published: int
    """Repeats included."""
    acknowledged: int
    stored: int
    dead_lettered: int
    lost: int
    """Acknowledged, and nowhere."""
    invented: int
    """Stored or dead-lettered, and never sent."""
    duplicated: int
    """Rows beyond the first of an identity."""
    contiguous: bool
    """The runs of seq hold what is stored, and nothing that was neither stored nor refused."""
    missing: dict[Key, Ranges]
    """Which numbers were lost."""

    @property
    def hold(self) -> bool:
        """Whether the oracle holds with nothing lost."""
        return not self.lost and self.hold_but_for_losses

    @property
    def hold_but_for_losses(self) -> bool:
        """Whether nothing is invented, twice, or wrongly called contiguous."""
        return not (self.invented or self.duplicated) and self.contiguous


# Runs of a device's stored numbers: what a number minus its rank has in common.
_STORED = """
WITH element AS (
    SELECT boot, seq, count(*) AS n FROM (
        SELECT boot, seq FROM telemetry_robot_vacuum WHERE device_id = %(device)s
        UNION ALL SELECT boot, seq FROM events WHERE device_id = %(device)s) t
    GROUP BY boot, seq
), island AS (
    SELECT *, seq - row_number() OVER (PARTITION BY boot ORDER BY seq) AS place FROM element
)
SELECT %(name)s::text, boot, min(seq), max(seq), sum(n - 1)::bigint FROM island GROUP BY boot, place"""
_RUNS = "SELECT device, boot, first_seq, last_seq FROM runs JOIN devices USING (device_id)"
_DEAD = "SELECT m.topic, m.sha256 FROM dead_letters d JOIN dead_messages m USING (message_id)"
# Cheap enough to ask while ingest works.
_KEPT = """SELECT (SELECT coalesce(sum(last_seq - first_seq + 1), 0) FROM runs)::bigint,
                  (SELECT count(*) FROM dead_letters)"""


def kept(url: str) -> int:
    """About how many elements are stored or dead-lettered; exact but for numbers used twice."""
    with psycopg.connect(url) as conn:
        row = conn.execute(_KEPT).fetchone()
        return sum(row) if row else 0


def sent(fleets: Iterable[Fleet]) -> int:
    """Messages of their own identity that were sent at least once."""
    return _count(_merged((line, line.sent) for fleet in fleets for line in fleet.lines))


def compare(url: str, fleets: Iterable[Fleet]) -> Books:
    """Read every table, and every device's own book."""
    lines = [line for fleet in fleets for line in fleet.lines]
    with psycopg.connect(url) as conn:
        known = conn.execute("SELECT device, device_id FROM devices").fetchall()
        rows = [row for name, device in known for row in conn.execute(_STORED, {"name": name, "device": device})]
        runs = conn.execute(_RUNS).fetchall()
        letters = conn.execute(_DEAD).fetchall()
    stored = _by_boot((device, boot, first, last) for device, boot, first, last, _ in rows)
    held = _by_boot(runs)
    digests = {(line.plan.topic, line.plan.digest(seq)): (line, seq) for line in lines for seq in line.plan.dead}
    dead: defaultdict[Key, Ranges] = defaultdict(Ranges)
    strangers = 0
    for letter in letters:
        if letter in digests:
            line, seq = digests[letter]
            dead[_key(line)].add(seq)
        else:
            strangers += 1
    given = _merged((line, line.sent) for line in lines)
    acknowledged = _merged((line, line.acknowledged) for line in lines)
    missing = {key: left for key in acknowledged if (left := acknowledged[key] - stored[key] - dead[key])}
    keys = {*stored, *dead, *given}
    return Books(
        sent=_count(given),
        published=sum(line.published for line in lines),
        acknowledged=_count(acknowledged),
        stored=_count(stored),
        dead_lettered=_count(dead),
        lost=_count(missing),
        invented=strangers + sum(len((stored[key] | dead[key]) - given.get(key, Ranges())) for key in keys),
        duplicated=sum(row[-1] for row in rows) + len(letters) - strangers - _count(dead),
        contiguous=all(not stored[k] - held[k] and not held[k] - stored[k] - dead[k] for k in {*stored, *held}),
        missing=missing,
    )


def _merged(parts: Iterable[tuple[Line, Ranges]]) -> dict[Key, Ranges]:
    found: dict[Key, Ranges] = {}
    for line, numbers in parts:
        found[_key(line)] = found.get(_key(line), Ranges()) | numbers
    return found


def _key(line: Line) -> Key:
    return line.plan.device, line.plan.boot


def _by_boot(runs: Iterable[tuple[str, int, int, int]]) -> defaultdict[Key, Ranges]:
    found: defaultdict[Key, list[tuple[int, int]]] = defaultdict(list)
    for device, boot, first, last in runs:
        found[device, boot].append((first, last + 1))
    return defaultdict(Ranges, {key: Ranges(pairs) for key, pairs in found.items()})


def _count(sets: dict[Key, Ranges]) -> int:
    return sum(map(len, sets.values()))
