"""Demand, cover and reorder points against figures by hand and brute force."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice.stock.demand import Demand, demand, tsb
from voice.stock.ordering import Cover, LeadTime, cover, lead_time_demand, quantity, reorder_point


def sure(*sizes: float, occurrence: float = 1.0, profile: tuple[float, ...] | None = None) -> Demand:
    """A day's demand by its probabilities of 0, 1, 2, ... items."""
    pmf = np.array(sizes)
    return Demand(occurrence * float(pmf @ np.arange(len(pmf))), occurrence, pmf, profile, 100, (0.05, 0.05))


ONE_A_DAY = sure(0, 1)
COIN = sure(0, 1, occurrence=0.5)


def test_tsb_by_hand() -> None:
    """Start: 2 of 4 days, of 4 items each: 2 a day. Then 0.5 + 0.1(1-0.5) = 0.55 and 4; then 0.55(1-0.1) = 0.495."""
    told = tsb(np.array([4.0, 0.0, 4.0, 0.0]), 0.1, 0.2)
    assert told.tolist() == pytest.approx([2.0, 0.55 * 4, 0.495 * 4, (0.495 + 0.1 * 0.505) * 4])


def test_tsb_learns_sizes_on_days_with_demand_alone_and_nothing_from_a_silence() -> None:
    told = tsb(np.array([2.0, np.nan, np.nan, 6.0, 0.0]), 0.5, 0.5)
    # Start: 2 of 3 days, 4 items each. After 2: 5/6 and 3; the silence changes nothing; after 6: 11/12 and 4.5.
    assert told.tolist() == pytest.approx([8 / 3, 2.5, 2.5, 2.5, 11 / 12 * 4.5])


def test_a_product_that_falls_asleep_is_forecast_down() -> None:
    awake = [3.0, 0.0] * 40
    told, asleep = demand(awake), demand([*awake, *[0.0] * 40])
    assert told is not None
    assert asleep is not None
    assert asleep.mean < told.mean / 2


def test_the_distribution_has_the_forecasts_mean() -> None:
    dice = random.Random(3)
    days = [float(dice.choice([0, 0, 0, 1, 2, 7])) for _ in range(200)]
    found = demand(days)
    assert found is not None
    pmf = found.day()
    assert pmf.sum() == pytest.approx(1)
    assert float(pmf @ np.arange(len(pmf))) == pytest.approx(found.mean)
    assert found.mean == pytest.approx(sum(days) / 200, rel=0.4)


def test_too_little_was_heard() -> None:
    assert demand([1.0] * 13) is None
    assert demand([None] * 100) is None
    nothing = demand([0.0] * 14)
    assert nothing is not None
    assert nothing.mean == 0


def test_a_week_that_differs_is_found_and_chance_is_not() -> None:
    dice = random.Random(1)
    open_days = [float(dice.random() < (0.8 if n % 7 < 5 else 0.05)) for n in range(26 * 7)]
    found = demand(open_days)
    assert found is not None
    assert found.profile is not None
    assert min(found.profile[:5]) > 1 > max(found.profile[5:])
    assert sum(found.profile) == pytest.approx(7)
    alike = [
        demand([float(random.Random(seed * 1000 + n).random() < 0.5) for n in range(26 * 7)]) for seed in range(40)
    ]
    assert sum(one is not None and one.profile is not None for one in alike) <= 3


def test_a_weekday_on_which_less_is_taken_has_sizes_of_its_own() -> None:
    """Seven to nine on six days, one or two on Sundays: every day has some, so occurrence alone sees nothing."""
    dice = random.Random(4)
    days = [float(dice.choice([1, 2] if n % 7 == 6 else [7, 8, 9])) for n in range(26 * 7)]
    found = demand(days)
    assert found is not None
    assert found.profile == pytest.approx((1.0,) * 7)
    means = [float(found.day(n) @ np.arange(len(found.sizes))) for n in range(7)]
    # 26 Sundays of 1.5 and 4 days of the mean, 7.07: 2.2.
    assert means[6] == pytest.approx(2.2, abs=0.2)
    assert min(means[:6]) > 7
    assert sum(means) / 7 == pytest.approx(found.mean, rel=0.01)


@pytest.mark.parametrize("mean", [0.1, 1.0, 6.0])
def test_chance_is_not_followed(mean: float) -> None:
    """Of steady demand, one in seven at the most is smoothed at all, and few have a week."""
    rng = np.random.default_rng(7)
    found = [demand(rng.poisson(mean, 182).astype(float).tolist()) for _ in range(60)]
    assert sum(one is not None and one.smoothing != (0.0, 0.0) for one in found) <= 20
    assert sum(one is not None and one.profile is not None for one in found) <= 3


def test_cover_by_hand() -> None:
    assert cover(ONE_A_DAY, 5) == Cover(5, 5, 5)
    assert cover(ONE_A_DAY, 0) == Cover(0, 0, 0)
    assert cover(sure(1, 0, occurrence=0.0), 5) == Cover(None, None, None)
    # Two items by a fair coin a day: over on day n with probability 1 - (n + 1) / 2^n.
    assert cover(COIN, 2) == Cover(3, 2, 7)
    weekdays = sure(0, 1, profile=(1.4, 1.4, 1.4, 1.4, 1.4, 0.0, 0.0))
    assert cover(weekdays, 3, weekday=4).days == 5  # Friday, then not before Monday and Tuesday


def test_reorder_point_by_hand() -> None:
    """A lead time of three days and the day until the next look: Binomial(4, 1/2) is 0.6875 up to 2, 0.9375 up to 3."""
    pmf = lead_time_demand(COIN, LeadTime(3))
    assert pmf.tolist() == pytest.approx([1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16])
    assert [reorder_point(COIN, LeadTime(3), level) for level in (0.6875, 0.9, 0.95, 1.0)] == [2, 3, 4, 4]


def test_a_lead_time_that_varies_asks_for_more() -> None:
    steady, varying = LeadTime(6), LeadTime(6, 3)
    assert steady.days().tolist() == [0, 0, 0, 0, 0, 0, 1]
    assert reorder_point(COIN, varying, 0.98) > reorder_point(COIN, steady, 0.98)


def test_the_days_of_a_lead_time_are_those_of_a_gamma_distribution() -> None:
    """Shape 4, mean 6: exp(-x) (1 + x + x^2/2 + x^3/6) of it takes longer than n days, x = 4 n / 6."""
    longer = [math.exp(-x) * (1 + x + x**2 / 2 + x**3 / 6) for x in (4 * n / 6 for n in range(40))]
    within = np.cumsum(LeadTime(6, 3).days())
    assert within[-1] == pytest.approx(1)
    assert within[: len(longer)].tolist() == pytest.approx([1 - p for p in longer[: len(within)]], abs=0.003)


@pytest.mark.parametrize(("level", "least"), [(0.9, 11), (0.95, 12), (0.99, 16)])
def test_an_order_that_comes_late_is_waited_for(level: float, least: int) -> None:
    """One a day without doubt: the point is the lead time's own quantile (10.0, 11.6, 15.1 days), and a day."""
    assert reorder_point(ONE_A_DAY, LeadTime(6, 3), level) == least + 1


@pytest.mark.parametrize("lead", [LeadTime(0), LeadTime(0, 2), LeadTime(0.2), LeadTime(1, 5), LeadTime(365, 365)])
def test_any_lead_time_has_days(lead: LeadTime) -> None:
    days = lead.days()
    assert days[0] == 0
    assert days.min() >= 0
    assert days.sum() == pytest.approx(1)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=2, max_size=4), st.integers(1, 4), st.floats(0.2, 1.0))
def test_lead_time_demand_is_that_of_every_way_it_can_go(weights: list[int], days: int, occurrence: float) -> None:
    if sum(weights) == 0:
        return
    one = sure(*(w / sum(weights) for w in weights), occurrence=occurrence).day()
    brute: dict[int, float] = {0: 1.0}
    for _ in range(days + 1):
        after: dict[int, float] = {}
        for total, chance in brute.items():
            for items, share in enumerate(one):
                after[total + items] = after.get(total + items, 0.0) + chance * share
        brute = after
    found = lead_time_demand(sure(*(w / sum(weights) for w in weights), occurrence=occurrence), LeadTime(days))
    assert found.sum() == pytest.approx(1)
    assert {n: p for n, p in enumerate(found) if p > 1e-12} == pytest.approx(
        {n: p for n, p in brute.items() if p > 1e-12}
    )


def test_quantity_is_whole_packs() -> None:
    assert quantity(ONE_A_DAY, 5, 3, cycle_days=14, pack=6, least=1) == 18  # 5 + 14 - 3 = 16
    assert quantity(ONE_A_DAY, 5, 3, cycle_days=0, pack=1, least=10) == 10
    assert quantity(ONE_A_DAY, 5, 100, cycle_days=1, pack=12, least=0) == 12
