"""What holds of every claim and every record."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from tests.unit.voice.compare.saying import SAID_AT, claim, counted, record
from voice.claims.model import Claim
from voice.compare import Thresholds, Verdict, judge
from voice.compare.record import About, Counted, Elapsed, Lengths, Level, Missing, Rank, Share
from voice.figures import Bounds

T = Thresholds()
COUNTS = st.lists(st.integers(0, 40), min_size=1, max_size=8)
COVERAGE = st.floats(0.01, 1)
DIFFERS = {"understates", "overstates", "contradicts"}
TOPICS: dict[str, tuple[str, tuple[Any, ...]]] = {
    "usage_frequency": ("count", ("day", "week", "month", "year", None)),
    "usage_duration": ("min", ("day", "week", None)),
    "missed_doses": ("count", ("week", None)),
    "adherence": ("percent", (None,)),
    "battery_runtime": ("min", (None,)),
    "fault_frequency": ("percent", (None,)),
    "fault_since": ("day", (None,)),
    "stock_level": ("item", (None,)),
    "stock_consumption": ("item", ("day", "week")),
    "last_used": ("day", (None,)),
}


@st.composite
def claims(draw: st.DrawFn, *topics: str) -> Claim:
    topic = draw(st.sampled_from(topics or tuple(TOPICS)))
    unit, pers = TOPICS[topic]
    ends = sorted(draw(st.tuples(st.integers(0, 100), st.integers(0, 100))))
    low, high = draw(st.sampled_from([(ends[0], ends[1]), (ends[0], ends[0]), (ends[0], None), (None, None)]))
    return claim(
        topic, low, high, draw(st.sampled_from(pers)), unit=unit, hedged=draw(st.booleans()),
        negated=draw(st.booleans()), quote=draw(st.sampled_from(["every day", "rarely", "زیاد", "x", ""])),
        confidence=draw(st.floats(0, 1)),
    )  # fmt: skip


POSITIVE = st.floats(0, 1e6, allow_nan=False)


@st.composite
def abouts(draw: st.DrawFn) -> About:
    low, more, least = draw(POSITIVE), draw(POSITIVE), draw(POSITIVE)
    counts = draw(COUNTS)
    found = counted(
        counts,
        counter=draw(st.sampled_from([None, Bounds(low, None), Bounds(low, low + more)])),
        rank=draw(st.sampled_from([None, Rank(0.1, 9), Rank(0.9, 9)])),
    ).about
    hits = draw(st.integers(0, 50))
    return draw(
        st.sampled_from(
            [
                found,
                Lengths(tuple(draw(st.lists(POSITIVE, max_size=9))), tuple(draw(st.lists(POSITIVE, max_size=3)))),
                Share(hits, hits + draw(st.integers(0, 50)), draw(st.floats(0, 50))),
                Level(low, min(low, least), low + more, SAID_AT, draw(st.sampled_from([None, 0.0, 10.0]))),
                Elapsed(low, low + more, int(low), draw(st.integers(0, 3))),
                Elapsed(None, None),
                Elapsed(low, None),
                Missing("too_short"),
            ]
        )
    )


@given(claims(), abouts(), st.one_of(st.none(), st.floats(0, 1)), st.booleans())
def test_judging_is_total_and_its_record_goes_to_json_and_back(
    said: Claim, about: About, coverage: float | None, own: bool
) -> None:
    found = judge(said, record(about, coverage, own_window=own), T)
    assert Verdict.from_json(found.as_json()) == found
    assert (found.verdict == "cannot_tell") == (found.why != "compared")
    for text in (found.because.en, found.because.fa):
        assert "None" not in text
        assert "nan" not in text
    if coverage is None or coverage < 0.5 - 1e-9:
        assert found.verdict == "cannot_tell"


@given(claims("usage_frequency", "stock_consumption"), COUNTS, COVERAGE, COVERAGE)
def test_hearing_more_of_the_same_turns_no_agreement(said: Claim, counts: list[int], a: float, b: float) -> None:
    assume(said.low is not None and not said.negated and said.quote != "every day")
    less, more = sorted((a, b))
    before = judge(said, counted(counts, less, "week"), T).verdict
    after = judge(said, counted(counts, more, "week"), T).verdict
    if before == "agrees":
        assert after == "agrees"
    if before in DIFFERS:
        assert after == before


@given(claims("usage_frequency"), COUNTS, COVERAGE)
def test_what_the_customer_says_truly_agrees(said: Claim, counts: list[int], coverage: float) -> None:
    mean = sum(counts) / len(counts)
    true = replace(said, low=mean, high=mean, negated=False, quote="x", per="week")
    assume(mean > 0)
    found = judge(true, counted(counts, coverage, "week"), T)
    assert found.verdict in ("agrees", "cannot_tell")
    assert judge(true, counted(counts, 1.0, "week"), T).verdict == "agrees"


@given(claims("usage_frequency"), COUNTS, st.floats(0.5, 1), st.integers(0, 20), st.integers(0, 20))
def test_a_wider_claim_is_never_less_true(
    said: Claim, counts: list[int], coverage: float, lower: int, higher: int
) -> None:
    low, high = said.low, said.high
    assume(low and high is not None and said.quote != "every day")
    assert low is not None
    assert high is not None
    said = replace(said, negated=False, hedged=True)
    wider = replace(said, low=max(0.5, low - lower), high=high + higher)
    heard = counted(counts, coverage, "week")
    if judge(said, heard, T).verdict == "agrees":
        assert judge(wider, heard, T).verdict == "agrees"


@given(claims("usage_frequency"), COUNTS, st.floats(0.5, 1))
def test_what_is_said_and_its_denial_are_never_both_true(said: Claim, counts: list[int], coverage: float) -> None:
    heard = counted(counts, coverage, "week", rank=Rank(0.2, 30))
    yes, no = (judge(replace(said, negated=n), heard, T).verdict for n in (False, True))
    assert (yes == "agrees") == (no == "contradicts")
    assert (yes in DIFFERS) == (no == "agrees")


@given(COUNTS, COVERAGE, st.integers(1, 30), st.sampled_from([2.0, 0.5, 10.0]))
def test_the_length_of_a_period_is_a_matter_of_words(
    counts: list[int], coverage: float, rate: int, scale: float
) -> None:
    """The same counts over the same time, told a period that is `scale` times as long."""
    heard = counted(counts, coverage, "week")
    about = heard.about
    assert isinstance(about, Counted)
    one = judge(claim("usage_frequency", rate, rate, "week", hedged=True), heard, T)
    other_record = replace(heard, about=replace(about, periods=about.periods / scale))
    other = judge(claim("usage_frequency", rate * scale, rate * scale, "week", hedged=True), other_record, T)
    assert one.verdict == other.verdict


@given(COUNTS, st.floats(0.5, 1), st.integers(0, 300), st.integers(0, 300))
def test_a_counter_only_narrows(counts: list[int], coverage: float, a: int, b: int) -> None:
    low, more = sum(counts) + min(a, b), abs(a - b)
    without = judge(claim("usage_frequency", 5, 5, "week"), counted(counts, coverage, "week"), T).reported
    found = judge(
        claim("usage_frequency", 5, 5, "week"), counted(counts, coverage, "week", counter=Bounds(low, low + more)), T
    ).reported
    assert found.low is not None
    assert without.low is not None
    assert found.high is not None
    assert found.low >= without.low
    assert math.isclose(found.high * len(counts), low + more, abs_tol=1e-6)


@given(st.lists(st.floats(1, 500), min_size=1, max_size=20), st.floats(0.5, 1))
def test_the_median_lies_between_its_bounds(values: list[float], coverage: float) -> None:
    found = judge(claim("battery_runtime", 60, 60), record(Lengths(tuple(values)), coverage), T).reported
    assert found.low is not None
    assert found.high is not None
    assert found.value is not None
    assert found.low <= found.value + 1e-9
    assert found.value <= found.high + 1e-9


def test_windows_of_a_record_are_kept_with_their_names() -> None:
    kept = judge(claim("usage_frequency", 5, 5, "week"), counted([5], per="week"), T).as_json()
    assert set(kept["reported"]["window"]) == {"from", "to"}
    assert set(kept["reported"]["periods"][0]) == {"from", "to", "label", "count", "coverage"}
    assert kept["reported"]["window"]["to"] == (SAID_AT + timedelta(0)).isoformat().replace("+00:00", "Z")
