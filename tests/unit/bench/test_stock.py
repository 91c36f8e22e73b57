"""The replay that reorder points are judged by, on demand whose outcome is known by hand."""

from __future__ import annotations

import numpy as np
import pytest

from bench.stock import DAYS, LEARNT, Outcome, judged, replay

STEADY = np.ones(DAYS)


def one(point: float, first: float, leads: list[float]) -> tuple[float, float, float]:
    """Days of stock, share of demand lost and share of days empty, at one a day and ten an order."""
    told = replay(STEADY, np.full((1, DAYS - LEARNT), point), 10, np.array([first]), np.array([leads]))
    held, lost, empty = (told[0] / (DAYS - LEARNT)).tolist()
    return held, lost, empty


def test_a_point_that_covers_the_lead_time_loses_nothing() -> None:
    """One a day, five days of lead: at a point of five the order arrives as the last one is taken."""
    held, lost, empty = one(5, 10, [5])
    assert (lost, empty) == (0, 0)
    # Fifteen when ordered up to at five; ten come in as none is left: 10, 9, ... 1 at the end of each day.
    assert held == pytest.approx(5.5, abs=0.3)
    assert one(4, 10, [5])[1] > 0


def test_a_point_of_nothing_loses_what_is_wanted_until_the_order_comes() -> None:
    """Ten last ten days; ordered when they are gone, they come five days later: five of fifteen days are empty."""
    _, lost, empty = one(0, 10, [5])
    assert lost == empty
    assert lost == pytest.approx(1 / 3, abs=0.02)


def test_an_order_takes_the_place_of_none_and_each_has_its_lead_time() -> None:
    """Two and eight days in turn: two and eight days of twelve and eighteen are empty."""
    assert one(0, 10, [2, 8])[1] == pytest.approx(1 / 3, abs=0.02)


def test_an_order_is_up_to_the_point_and_a_cycle() -> None:
    """Fourteen of five and ten are there: the order at five is of ten, though a lead time of one leaves four."""
    held, lost, _ = one(5, 9, [1])
    assert lost == 0
    assert held == pytest.approx((5 + 14) / 2, abs=0.3)


def test_replays_are_told_by_their_mean() -> None:
    both = replay(STEADY, np.zeros((1, DAYS - LEARNT)), 10, np.array([10.0, 3.0]), np.array([[5.0], [2.0]]))
    each = [one(0, first, [lead])[1] for first, lead in ((10, 5), (3, 2))]
    assert both[0, 1] / (DAYS - LEARNT) == pytest.approx(sum(each) / 2)


def test_the_others_are_judged_at_the_same_stock() -> None:
    curve = [
        Outcome("distribution", 0.95, 10, 0.01, 0), Outcome("distribution", 0.99, 12, 0.002, 0),
        *(Outcome(other, knob, stock, lost, 0) for other in ("fixed", "normal")
          for knob, stock, lost in ((1, 8, 0.04), (2, 12, 0.02))),
    ]  # fmt: skip
    beside = judged(curve)[0]
    assert (beside.lost_by_other, beside.ratio) == pytest.approx((0.03, 1 / 3))
    assert beside.stock_days_of_other == 12  # its curve goes no further
