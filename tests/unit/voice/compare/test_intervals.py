"""Against published values, tables, and the definition drawn by chance."""

from __future__ import annotations

import random
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.intervals import dispersion, garwood, habit, median_interval, quantile, wilson


@pytest.mark.parametrize(
    ("count", "low", "high"),
    # Exact limits of a Poisson mean, e.g. Johnson, Kemp and Kotz (2005), and Ulm (1990).
    [(0, 0.0, 3.689), (1, 0.025, 5.572), (6, 2.202, 13.059), (10, 4.795, 18.390), (100, 81.364, 121.627)],
)
def test_garwood(count: int, low: float, high: float) -> None:
    assert garwood(count) == pytest.approx((low, high), abs=6e-4)


@given(st.one_of(st.just(0.0), st.floats(0.01, 3_000)), st.floats(0.1, 50))
def test_garwood_holds_its_count_and_rises(count: float, more: float) -> None:
    low, high = garwood(count)
    assert low <= count <= high
    assert garwood(count + more)[0] >= low
    assert garwood(count + more)[1] > high


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    # Newcombe (1998), table I, method 3; and the method's own figures.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718),
     (64, 90, 0.6104, 0.7946)],
)  # fmt: skip
def test_wilson(hits: int, of: int, low: float, high: float) -> None:
    assert wilson(hits, of) == pytest.approx((low, high), abs=6e-5)


def test_nothing_is_known_of_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(5, 5)[1] == 1.0


def test_a_habit_that_varies_is_less_sure() -> None:
    steady, wild = habit([6, 5, 7, 6], 4), habit([1, 12, 2, 9], 4)
    assert steady[0] > wild[0]
    assert steady[1] < wild[1]
    assert dispersion([6, 5, 7, 6]) == 1.0
    assert dispersion([6]) == 2.0


def test_one_month_of_six_may_come_of_a_habit_of_three() -> None:
    """A pure Poisson test calls it unusual; people's months are not so even."""
    assert garwood(6)[0] > 2.2
    assert habit([6], 1)[0] < 2


def test_the_median_is_bootstrapped_without_drawing() -> None:
    rng = random.Random(5)
    values = [rng.gammavariate(5, 10) for _ in range(41)]
    drawn = sorted(median(rng.choices(values, k=41)) for _ in range(4_000))
    low, high = median_interval(values)
    assert low == pytest.approx(drawn[100], rel=0.05)
    assert high == pytest.approx(drawn[3_900], rel=0.05)
    assert median_interval([3.0]) == (3.0, 3.0)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60))
def test_the_interval_of_a_median_holds_it(values: list[float]) -> None:
    low, high = median_interval(values)
    assert low <= quantile(sorted(values), 0.5) + 1e-6
    assert high >= sorted(values)[(len(values) - 1) // 2]
