"""Ratios with exact intervals, people's bias, groups that stand out, use that falls: from counts alone."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from store.insight.reading import Named, Said, Weeks
from voice.insight.bias import bias
from voice.insight.falling import falling
from voice.insight.ratios import at_least, clopper_pearson, rate_ratio
from voice.insight.standing import standing
from voice.insight.thresholds import Thresholds

T = Thresholds()
MONDAY = date(2026, 3, 2)
RECENT = MONDAY + timedelta(weeks=12)


def test_binomial_tails() -> None:
    """P(X >= 7) of 10 fair coins is 176 of 1,024, and each tail leaves the other."""
    assert at_least(10, 0.5, 7) == pytest.approx(176 / 1024)
    assert at_least(10, 0.5, 3) == pytest.approx(968 / 1024)
    assert (at_least(5, 0.0, 1), at_least(5, 1.0, 5), at_least(5, 0.3, 0), at_least(5, 0.3, 6)) == (0, 1, 1, 0)


def test_the_exact_interval_of_a_share() -> None:
    """At 99 %, of 10 with none hit, the upper end is 1 - 0.005^(1/10)."""
    assert clopper_pearson(0, 10) == pytest.approx((0, 1 - 0.005**0.1))
    assert clopper_pearson(10, 10) == pytest.approx((0.005**0.1, 1))
    assert clopper_pearson(0, 0) == (0.0, 1.0)


def test_the_interval_of_a_ratio_covers_it() -> None:
    """Of 400 draws of two rates that are as 2 to 1, the 99 % interval leaves the truth out in few."""
    dice = random.Random(7)
    missed = 0
    for _ in range(400):
        hits = sum(dice.random() < 0.10 for _ in range(200))
        others = sum(dice.random() < 0.05 for _ in range(300))
        ratio = rate_ratio(hits, 200, others, 300)
        missed += not (ratio.low <= 2 and (ratio.high is None or ratio.high >= 2))
    assert missed <= 8


def test_a_ratio_to_nothing_has_no_value_but_a_bound() -> None:
    ratio = rate_ratio(8, 20, 0, 400)
    assert ratio.value is None
    assert ratio.high is None
    assert ratio.low > 15


def test_bias_is_told_with_its_number_and_interval() -> None:
    [one] = bias(
        [Said("adherence", "pill_dispenser", 12, 9, {"agrees": 3, "overstates": 6, "cannot_tell": 3}, [1, 1.2, 1.4])]
    )
    assert (one.compared, one.ratios, one.median) == (9, 3, 1.2)
    shares = {share.word: share for share in one.shares}
    assert shares["overstates"].share == pytest.approx(6 / 9)
    assert shares["overstates"].low < 6 / 9 < shares["overstates"].high
    assert (one.low, one.high) == (1, 1.4)
    [few] = bias([Said("adherence", "en", 2, 2, {}, [1, 2])])
    assert (few.median, few.low, few.compared, few.shares) == (None, None, 0, ())


def test_a_firmware_stands_out_beside_the_others() -> None:
    found = [
        Named("robot_vacuum", "2.0", "reported", "stuck", 18, 30),
        Named("robot_vacuum", "1.9", "reported", "stuck", 9, 120),
        Named("robot_vacuum", "1.8", "reported", "stuck", 4, 60),
        Named("robot_vacuum", "2.0", "said", "battery_runtime", 3, 30),
        Named("robot_vacuum", "1.9", "said", "battery_runtime", 0, 180),
        Named("software", "7", "said", "fault_since", 9, 9),
    ]
    told = standing(found, T)
    assert [(each.value, each.topic) for each in told if each.stands_out] == [("2.0", "stuck")]
    first = told[0]
    assert (first.others, first.of_others) == (13, 180)
    assert first.ratio.value == pytest.approx(18 / 30 / (13 / 180))
    # Three devices are too few, however seldom it is elsewhere; what has no other group is set beside nothing.
    assert not any(each.stands_out for each in told if each.topic == "battery_runtime")
    assert not [each for each in told if each.product == "software"]


def _weeks(before: list[int], now: list[int], heard: float = 1.0) -> Weeks:
    uses = [*before, *now]
    weeks = [MONDAY + timedelta(weeks=n) for n in range(len(uses))]
    return Weeks(1, "anna", "Anna", "robot_vacuum", ["vac-1"], weeks, uses, [heard] * len(uses))


@pytest.mark.parametrize(
    ("before", "now", "heard", "how"),
    [
        ([5] * 12, [5] * 4, 1.0, None),
        ([5] * 12, [0] * 4, 1.0, "stopped"),
        ([7] * 12, [1, 1, 0, 1], 1.0, "falling"),
        ([7] * 12, [1, 1, 0, 1], 0.3, None),  # hardly heard: that is silence, not less use
        ([1, 0] * 6, [0, 0, 0, 1], 1.0, None),  # chance
        ([0, 40, 0, 0, 0, 38, 0, 0, 0, 41, 0, 0], [0] * 4, 1.0, None),  # bursts, and none just now
        ([0] * 12, [0] * 4, 1.0, None),
        ([7] * 3, [0] * 4, 1.0, None),  # too new
    ],
)
def test_who_uses_it_less(before: list[int], now: list[int], heard: float, how: str | None) -> None:
    weeks = _weeks(before, now, heard)
    recent = MONDAY + timedelta(weeks=len(before))
    told = falling([weeks], recent, T)
    assert [one.how for one in told] == ([how] if how else [])


def test_who_lost_most_comes_first() -> None:
    some, more = _weeks([5] * 12, [0] * 4), _weeks([20] * 12, [2] * 4)
    assert [one.before for one in falling([some, more], RECENT, T)] == [20, 5]
