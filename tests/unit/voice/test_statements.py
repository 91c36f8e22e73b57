"""The labelled statements are what they were before anything was written that reads them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2] / "statements"
SUMS = dict(line.split("  ")[::-1] for line in (ROOT / "SHA256SUMS").read_text(encoding="utf-8").splitlines())
PERIODS = {"day", "week", "month", "year"}
UNITS = {
    "usage_frequency": {"count"},
    "usage_duration": {"min"},
    "missed_doses": {"count"},
    "adherence": {"percent"},
    "battery_runtime": {"min", "day"},
    "fault_frequency": {"count", "percent"},
    "fault_since": {"day", "min"},
    "stock_level": {"item", "percent"},
    "stock_consumption": {"item"},
    "last_used": {"day"},
}


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (ROOT / name).read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("name", SUMS)
def test_a_file_is_as_it_was(name: str) -> None:
    assert hashlib.sha256((ROOT / name).read_bytes()).hexdigest() == SUMS[name]


def test_every_file_has_its_sum() -> None:
    assert SUMS.keys() == {path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.jsonl")}


def test_no_statement_is_in_two_files() -> None:
    ids = [row["id"] for name in SUMS for row in rows(name)]
    assert len(ids) == len(set(ids)) > 600


@pytest.mark.parametrize("name", SUMS)
def test_a_claim_has_the_units_of_its_topic(name: str) -> None:
    for row in rows(name):
        for claim in row["claims"]:
            assert claim["unit"] in UNITS[claim["topic"]], row["id"]
            assert claim["per"] is None or claim["per"] in PERIODS, row["id"]
            assert isinstance(claim["hedged"], bool), row["id"]
            assert isinstance(claim["negated"], bool), row["id"]
            low, high = claim["low"], claim["high"]
            assert low is None or high is None or low <= high, row["id"]
