"""Paraphrases that keep the figure keep the claim; units and periods convert there and back."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import catalog
from voice.claims import Claim, extract
from voice.claims.model import PER_DAYS

PRODUCTS = catalog.load()
NUMBERS = {
    2: "two", 3: "three", 4: "four", 6: "six", 9: "nine", 12: "twelve", 15: "fifteen", 21: "twenty-one",
    40: "forty", 75: "seventy-five", 110: "a hundred and ten", 250: "two hundred and fifty",
}  # fmt: skip
PERIODS = ("day", "week", "month", "year")
numbers = st.sampled_from(sorted(NUMBERS))
periods = st.sampled_from(PERIODS)


def only(text: str, product: str) -> Claim:
    claims = extract(text, PRODUCTS[product], "en")
    assert len(claims) == 1, (text, claims)
    return claims[0]


def per_day(claim: Claim) -> tuple[float, float]:
    assert claim.low is not None
    assert claim.high is not None
    assert claim.per is not None
    return claim.low / PER_DAYS[claim.per], claim.high / PER_DAYS[claim.per]


@settings(deadline=None)
@given(numbers, periods)
def test_a_rate_of_use_in_other_words(many: int, period: str) -> None:
    texts = [
        pattern.format(n=written, p=period)
        for written in (str(many), NUMBERS[many])
        for pattern in (
            "I use it {n} times a {p}.", "We run it {n} times per {p}", "i start it {n} x a {p}",
            "It runs {n} times each {p}.",
            "{n} times a {p} I turn it on.", "Every {p} I use it {n} times.", "My wife uses it {n} times every {p}.",
        )
    ]  # fmt: skip
    for text in texts:
        claim = only(text, "robot_vacuum")
        assert (claim.topic, claim.low, claim.high, claim.per, claim.negated) == (
            "usage_frequency", many, many, period, False,
        ), text  # fmt: skip


@settings(deadline=None)
@given(numbers, st.sampled_from(["crashes", "freezes", "hangs", "fails", "locks up", "stops responding"]), periods)
def test_a_rate_of_faults_in_other_words(many: int, fault: str, period: str) -> None:
    for text in (f"It {fault} {many} times a {period}.", f"{many} times a {period} the app {fault}.",
                 f"The editor {fault} {NUMBERS[many]} times per {period}, sadly."):  # fmt: skip
        claim = only(text, "software")
        assert (claim.topic, claim.low, claim.per) == ("fault_frequency", many, period), text


@settings(deadline=None)
@given(st.integers(2, 30), st.sampled_from(["day", "week", "month"]))
def test_every_so_many_periods_is_their_reciprocal(many: int, period: str) -> None:
    claim = only(f"I log in every {many} {period}s.", "software")
    assert per_day(claim)[0] == pytest.approx(1 / (many * PER_DAYS[period]), rel=0.03)


@settings(deadline=None)
@given(st.integers(1, 23), st.sampled_from([15, 30, 45]))
def test_lengths_round_trip_through_their_units(hours: int, minutes: int) -> None:
    whole = hours * 60 + minutes
    shares = {15: "a quarter", 30: "a half", 45: "three quarters"}
    texts = [
        f"The battery lasts {whole} minutes.",
        f"The battery lasts {hours}h{minutes}.",
        f"The battery lasts {hours} hours and {minutes} minutes.",
        f"The battery lasts {hours} hours {minutes} minutes.",
        f"The battery lasts {hours + minutes / 60:g} hours.",
    ]
    texts += [f"The battery lasts {hours} hours and {shares[minutes]}."]
    for text in texts:
        claim = only(text, "robot_vacuum")
        assert (claim.topic, claim.low, claim.high, claim.unit) == ("battery_runtime", whole, whole, "min"), text


@settings(deadline=None)
@given(st.integers(2, 50))
def test_weeks_are_days(weeks: int) -> None:
    for text in (f"I haven't used it for {weeks} weeks.", f"I haven't used it for {weeks * 7} days.",
                 f"I last used it {weeks} weeks ago.", f"It's been {weeks} weeks since I used it."):  # fmt: skip
        claim = only(text, "robot_vacuum")
        assert (claim.topic, claim.low, claim.unit) == ("last_used", 7 * weeks, "day"), text


@settings(deadline=None)
@given(st.integers(1, 9), st.integers(10, 20))
def test_a_share_is_a_percentage(part: int, whole: int) -> None:
    expected = pytest.approx(100 * part / whole, rel=0.01)
    for text in (f"{part} out of {whole} exports fail.", f"{part} in {whole} exports fails.",
                 f"{part} of {whole} exports crash."):  # fmt: skip
        claim = only(text, "software")
        assert (claim.topic, claim.unit) == ("fault_frequency", "percent"), text
        assert claim.low == expected, text


@pytest.mark.parametrize(
    ("words", "low", "high"),
    [
        ("at least", 5, None), ("more than", 5, None), ("over", 5, None), ("no fewer than", 5, None),
        ("at most", 0, 5), ("less than", 0, 5), ("up to", 0, 5), ("under", 0, 5), ("not more than", 0, 5),
    ],
)  # fmt: skip
def test_bounds_before_a_figure(words: str, low: float | None, high: float | None) -> None:
    claim = only(f"I open the app {words} 5 times a week.", "software")
    assert (claim.low, claim.high, claim.negated) == (low, high, False)


@pytest.mark.parametrize(
    "doubt", ["about", "around", "roughly", "maybe", "probably", "I think", "I guess", "approximately"]
)
def test_doubt_softens_and_changes_nothing(doubt: str) -> None:
    claim = only(f"I open the app {doubt} 5 times a week.", "software")
    assert (claim.low, claim.high, claim.hedged) == (5, 5, True)


GUARDS = (
    "Do you think {}?", "If {}, I will return it.", "I would like it if {}.", "The manual says {}.",
    "The doctor said {}.", "Could you make sure that {}?", "Suppose {}.", "The leaflet says {}.",
)  # fmt: skip
FIGURES = (
    "it runs three times a week",
    "the battery lasts 40 minutes",
    "it gets stuck twice a day",
    "it fails every other time",
)


@pytest.mark.parametrize(("guard", "figure"), list(itertools.product(GUARDS, FIGURES)))
def test_a_guarded_figure_is_no_claim(guard: str, figure: str) -> None:
    assert extract(guard.format(figure), PRODUCTS["robot_vacuum"], "en") == []
    assert len(extract(figure, PRODUCTS["robot_vacuum"], "en")) == 1
