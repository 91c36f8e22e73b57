"""The labelled statements stay read as well as they were when these floors were written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.statements.scoring import Score, matched, read, right, score

STATEMENTS = Path(__file__).parents[3] / "statements"
RATE = {
    "topic": "usage_frequency", "low": 2, "high": 3, "unit": "count", "per": "week", "hedged": False, "negated": False,
}  # fmt: skip


@pytest.mark.parametrize(("language", "least"), [("en", 0.98), ("en_more", 0.95), ("fa", 0.97), ("fa_more", 0.96)])
def test_the_statements_of_development(language: str, least: float) -> None:
    total = score(read(STATEMENTS / f"{language}.jsonl"))
    assert total.f1 >= least, total
    assert total.alarm_rate <= 0.03, total
    assert total.doubt >= 0.97, total


def test_rates_are_compared_after_conversion() -> None:
    assert right(RATE, {**RATE, "low": 2 / 7, "high": 3 / 7, "per": "day"})
    assert not right(RATE, {**RATE, "high": 4})
    assert not right(RATE, {**RATE, "negated": True})
    assert not right(RATE, {**RATE, "high": None})
    zero = {**RATE, "low": 0, "high": 0, "per": None}
    assert right(zero, {**zero, "per": "month"})
    assert right({**RATE, "low": None, "high": None, "per": None}, RATE)


def test_claims_are_matched_so_that_most_agree() -> None:
    other = {**RATE, "low": 5, "high": 5}
    assert len(matched([RATE, other], [other, RATE])) == 2
    assert len(matched([RATE], [other, RATE])) == 1
    total = Score()
    assert not total.add([RATE], [RATE, other])
    assert total.add([], [])
    assert not total.add([], [RATE])
    assert (total.alarms, total.silent, total.alarm_rate) == (1, 2, 0.5)
    assert total.f1 == pytest.approx(2 / (1 + 3))
