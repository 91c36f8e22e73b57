"""How well claims are read: predicted against labelled, by the rules of the guideline.

Per statement claims are matched one to one so that most of them agree. A claim is right when topic,
bounds (converted, within 5 %) and denial are; the doubt is counted among those that are right.

    python -m tests.statements.scoring FILE.jsonl ...       figures by language and by topic
"""

from __future__ import annotations

import itertools
import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import catalog
from voice.claims import extract

Labelled = Mapping[str, Any]
"""`topic`, `low`, `high`, `unit`, `per`, `hedged`, `negated`."""

TOLERANCE = 0.05
DAYS = {"day": 1.0, "week": 7.0, "month": 30.4375, "year": 365.25}
MINUTES = {"min": 1.0, "day": 1440.0}
MOST_MATCHED = 6
"""Claims of one statement that are matched in every order; no statement holds more."""


def _bounds(claim: Labelled) -> tuple[str, float | None, float | None]:
    factor = MINUTES.get(claim["unit"], 1.0) / DAYS.get(claim["per"], 1.0)
    kind = "time" if claim["unit"] in MINUTES else str(claim["unit"])
    low, high = (None if claim[end] is None else claim[end] * factor for end in ("low", "high"))
    return kind + ("/time" if claim["per"] else ""), low, high


def _near(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= TOLERANCE * max(abs(one), abs(other)) + 1e-9


def right(expected: Labelled, found: Labelled) -> bool:
    """Topic, bounds and denial agree."""
    if expected["topic"] != found["topic"] or bool(expected["negated"]) != bool(found["negated"]):
        return False
    if expected["low"] is None and expected["high"] is None:
        return True
    kind, low, high = _bounds(expected)
    its_kind, its_low, its_high = _bounds(found)
    if low == high == its_low == its_high == 0:
        return bool(expected["unit"] == found["unit"])
    return kind == its_kind and _near(low, its_low) and _near(high, its_high)


def matched(expected: Sequence[Labelled], found: Sequence[Labelled]) -> list[tuple[Labelled, Labelled]]:
    """The pairs that are right, as many as there can be."""
    few, many = (list(each[:MOST_MATCHED]) for each in (expected, found))
    swapped = len(few) > len(many)
    if swapped:
        few, many = many, few
    best: list[tuple[Labelled, Labelled]] = []
    for order in itertools.permutations(many, len(few)):
        pairs = [(b, a) if swapped else (a, b) for a, b in zip(few, order, strict=True)]
        agreeing = [pair for pair in pairs if right(*pair)]
        if len(agreeing) > len(best):
            best = agreeing
    return best


@dataclass
class Score:
    """Counts over statements; the figures are made of them."""

    expected: int = 0
    found: int = 0
    right: int = 0
    doubt_right: int = 0
    silent: int = 0
    """Statements without a claim."""
    alarms: int = 0
    """Of these, those in which one was found."""
    statements: int = 0
    missed_by_topic: Counter[str] = field(default_factory=Counter)
    expected_by_topic: Counter[str] = field(default_factory=Counter)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall over claims."""
        return 2 * self.right / (self.expected + self.found) if self.expected + self.found else 1.0

    @property
    def alarm_rate(self) -> float:
        """Share of the statements without a claim in which one was found."""
        return self.alarms / self.silent if self.silent else 0.0

    @property
    def doubt(self) -> float:
        """Share of the claims read right whose doubt is right too."""
        return self.doubt_right / self.right if self.right else 1.0

    def add(self, expected: Sequence[Labelled], found: Sequence[Labelled]) -> bool:
        """Count one statement; whether it is read right altogether."""
        pairs = matched(expected, found)
        self.statements += 1
        self.expected += len(expected)
        self.found += len(found)
        self.right += len(pairs)
        self.doubt_right += sum(bool(a["hedged"]) == bool(b["hedged"]) for a, b in pairs)
        self.silent += not expected
        self.alarms += not expected and bool(found)
        self.expected_by_topic.update(claim["topic"] for claim in expected)
        hit = Counter(a["topic"] for a, _ in pairs)
        self.missed_by_topic.update(Counter(claim["topic"] for claim in expected) - hit)
        return len(pairs) == len(expected) == len(found)


def read(path: Path) -> list[dict[str, Any]]:
    """The labelled statements of a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def score(statements: Iterable[Mapping[str, Any]]) -> Score:
    """Read every statement and compare."""
    products = catalog.load()
    total = Score()
    for each in statements:
        claims = [claim.as_json() for claim in extract(each["text"], products[each["product"]], each["lang"])]
        total.add(each["claims"], claims)
    return total


def report(name: str, total: Score) -> str:
    """One line of figures, one of misses by topic."""
    missed = ", ".join(f"{t} {n}/{total.expected_by_topic[t]}" for t, n in sorted(total.missed_by_topic.items()))
    return (
        f"{name}: F1 {total.f1:.3f} ({total.right} right of {total.expected}, {total.found} found), "
        f"false alarms {total.alarms}/{total.silent} ({total.alarm_rate:.1%}), doubt {total.doubt:.3f}\n"
        f"  missed: {missed or '-'}"
    )


def main(paths: Sequence[str]) -> None:
    """Score files, each by language."""
    for path in paths:
        statements = read(Path(path))
        for language in sorted({each["lang"] for each in statements}):
            sys.stdout.write(
                report(f"{path} {language}", score(each for each in statements if each["lang"] == language)) + "\n"
            )


if __name__ == "__main__":
    main(sys.argv[1:])
