"""The proof that nothing was lost on the way: what the broker acknowledged to each device is in the store.

Second copies that devices send on purpose do not count as acknowledged: the store holds each element once.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from catalog import Catalog
from store import tallies
from store.database import connect
from store.errors import translated
from store.tallies import Tally
from vop.demo.counter import Counter
from vop.services.accounts import replace_file

SETTLED_S = 30.0
"""Ingest quiet for so long will bring nothing more."""
POLL_S = 0.5


@dataclass(frozen=True)
class Line:
    """One device: elements acknowledged to it, and what is kept of it."""

    device: str
    acknowledged: int
    kept: Tally

    @property
    def missing(self) -> int:
        """Acknowledged and neither stored nor a dead letter."""
        return max(0, self.acknowledged - self.kept.kept)

    @property
    def more(self) -> int:
        """Kept beyond what the simulator sent: somebody else published as this device."""
        return max(0, self.kept.kept - self.acknowledged)


@dataclass(frozen=True)
class Proof:
    """All devices, and how many second copies ingest recognised on the way."""

    lines: tuple[Line, ...]
    duplicates: int

    @property
    def acknowledged(self) -> int:
        """Elements."""
        return sum(line.acknowledged for line in self.lines)

    @property
    def stored(self) -> int:
        """Elements."""
        return sum(line.kept.readings + line.kept.events for line in self.lines)

    @property
    def dead(self) -> int:
        """Elements."""
        return sum(line.kept.dead for line in self.lines)

    @property
    def missing(self) -> int:
        """Elements."""
        return sum(line.missing for line in self.lines)

    @property
    def more(self) -> int:
        """Elements."""
        return sum(line.more for line in self.lines)

    @property
    def holds(self) -> bool:
        """Nothing is missing, of no device."""
        return not self.missing

    def save(self, directory: Path) -> Path:
        """Write it down device by device; returns where."""
        path = directory / "backfill.json"
        rows = [
            {
                "device": line.device,
                "acknowledged": line.acknowledged,
                "readings": line.kept.readings,
                "events": line.kept.events,
                "dead_letters": line.kept.dead,
                "missing": line.missing,
            }
            for line in self.lines
        ]
        words = {
            "acknowledged": self.acknowledged,
            "stored": self.stored,
            "duplicates": self.duplicates,
            "dead_letters": self.dead,
            "missing": self.missing,
            "devices": rows,
        }
        replace_file(path, json.dumps(words, indent=1) + "\n")
        return path


def take(database_url: str, catalog: Catalog, acknowledged: Mapping[str, int], duplicates: int) -> Proof:
    """Hold what was acknowledged to each device against what is kept of it now."""
    with translated(), connect(database_url, application="vop demo") as conn:
        kept = tallies.by_device(conn, catalog.values())
    lines = (Line(device, count, kept.get(device, Tally())) for device, count in sorted(acknowledged.items()))
    return Proof(tuple(lines), duplicates)


def settled(database_url: str, catalog: Catalog, acknowledged: Mapping[str, int], counter: Counter) -> Proof:
    """The proof, as soon as it holds; or as it stands when ingest has long been quiet."""
    wait_until_dealt(counter, sum(acknowledged.values()))
    while True:
        quiet = counter.quiet_s >= SETTLED_S
        proof = take(database_url, catalog, acknowledged, counter.dealt.duplicates)
        if proof.holds or quiet:
            return proof
        time.sleep(POLL_S)


def wait_until_dealt(counter: Counter, elements: int) -> None:
    """Wait until ingest has dealt with so many, or has long been quiet."""
    while counter.dealt.elements < elements and counter.quiet_s < SETTLED_S:
        time.sleep(POLL_S)
