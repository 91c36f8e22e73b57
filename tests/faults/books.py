"""The oracle: acknowledged is a subset of stored plus dead-lettered, which is a subset of sent, each id once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

import psycopg

from store.deadletters import MAX_TOPIC_CHARS
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


# Runs of stored numbers: what a number minus its rank has in common. One pass over the tables for all devices.
_STORED = """
SELECT device, boot, min(seq), max(seq), (count(*) - (max(seq) - min(seq) + 1))::bigint FROM (
    SELECT device_id, boot, seq, seq - dense_rank() OVER (PARTITION BY device_id, boot ORDER BY seq) AS place FROM (
        SELECT device_id, boot, seq FROM telemetry_robot_vacuum
        UNION ALL SELECT device_id, boot, seq FROM events) element) numbered
JOIN devices USING (device_id) GROUP BY device, boot, place"""
_SORT_MEMORY = "256MB"
"""Of the one question that sorts every row there is."""
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
        conn.execute("SELECT set_config('work_mem', %s, true)", (_SORT_MEMORY,))
        rows = conn.execute(_STORED).fetchall()
        runs = conn.execute(_RUNS).fetchall()
        letters = conn.execute(_DEAD).fetchall()
    stored = _by_boot((device, boot, first, last) for device, boot, first, last, _ in rows)
    held = _by_boot(runs)
    digests = {
        (line.plan.topic(seq)[:MAX_TOPIC_CHARS], line.plan.digest(seq)): (line, seq)
        for line in lines
        for seq in line.plan.dead
    }
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
