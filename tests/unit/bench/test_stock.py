"""The replay that reorder points are judged by, on demand whose outcome is known by hand."""

from __future__ import annotations

import numpy as np
import pytest

from bench.stock import DAYS, LEARNT, Outcome, judged, replay

STEADY = np.ones(DAYS)


def test_a_point_that_covers_the_lead_time_loses_nothing() -> None:
    """One a day, five days of lead: at a point of five the order arrives on the day the last one is taken."""
    held, lost, empty = replay(STEADY, np.full(DAYS - LEARNT, 5.0), 10, [5])
    assert (lost, empty) == (0, 0)
    assert 0 < held / (DAYS - LEARNT) < 15


def test_a_point_of_nothing_loses_what_is_wanted_until_the_order_comes() -> None:
    """Ten last ten days; ordered when they are gone, they come five days later: four of each fifteen days are empty."""
    _, lost, empty = replay(STEADY, np.zeros(DAYS - LEARNT), 10, [5])
    assert lost == empty
    assert lost / (DAYS - LEARNT) == pytest.approx(4 / 14, abs=0.02)


def test_the_others_are_judged_at_the_same_stock() -> None:
    curve = [
        Outcome("distribution", 0.95, 10, 0.01, 0), Outcome("distribution", 0.99, 12, 0.002, 0),
        *(Outcome(other, knob, stock, lost, 0) for other in ("fixed", "normal")
          for knob, stock, lost in ((1, 8, 0.04), (2, 12, 0.02))),
    ]  # fmt: skip
    one = judged(curve)[0]
    assert (one.lost_by_other, one.ratio) == pytest.approx((0.03, 1 / 3))
    assert one.stock_days_of_other == 12  # its curve goes no further
