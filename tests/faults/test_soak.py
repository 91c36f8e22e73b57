"""Minutes of the soak, and the slope it judges by. The hour is run by hand: `python -m tests.faults.soak`."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.faults import soak
from tests.faults.site import Grounds


@given(st.floats(-5, 5), st.integers(3, 400))
def test_a_straight_line_has_its_slope(rise: float, count: int) -> None:
    assert soak.slope([(at, 100 + rise * at) for at in range(count)]) == pytest.approx(rise, abs=1e-6)


def test_outliers_do_not_move_the_slope() -> None:
    points = [(float(at), 60 + 0.01 * at + (500 if at % 60 < 9 else 0)) for at in range(1_800)]
    assert soak.slope(points) == pytest.approx(0.01, abs=0.005)


def test_what_grows_is_complained_about() -> None:
    report = soak.Report(
        "PostgreSQL 18.1", 1, 100, 6_000, 6_000, 6_000, 0, 0, 0, True, {"broker restart": 1},
        {"broker restart": {"median": 1.0, "longest": 1.0}}, 60.0, 0.0, 0.1, 0.5, 0.0, 200.0, 50.0, 0.1,
        0.5, soak.Limits(),
    )  # fmt: skip
    assert report.complaints == []
    assert len(replace(report, lost=1, memory_mb_per_h=11.0, lag_s_per_h=2.0).complaints) == 3
    assert replace(report, bytes_a_message=301.0).complaints == ["a message took more than 300.0 bytes"]


def test_a_soak_that_was_limited_by_its_own_publisher_says_so() -> None:
    report = soak.Report(
        "PostgreSQL 18.1", 1, 100, 5_000, 5_000, 5_000, 0, 0, 0, True, {}, {}, 60.0, 0.0, 0.1, 0.5, 0.0, 200.0, 50.0,
        0.9, 0.5, soak.Limits(),
    )  # fmt: skip
    assert report.complaints == ["less than 98% of the rate was sent", "the publisher was the limit"]


@pytest.mark.faults
@pytest.mark.timeout(1_200)
def test_six_minutes_with_a_kill_every_half_one(durable: Grounds) -> None:
    # Too short for a slope: a worker is warm after some minutes.
    limits = soak.Limits(memory_mb_per_h=float("inf"), lag_s_per_h=float("inf"), bytes_a_message=float("inf"))
    report = soak.run(durable, 6, 3_000, limits, every_s=30)
    assert report.complaints == []
    assert sum(report.kills.values()) == 11
