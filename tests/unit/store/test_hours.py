"""Sets of hours, held to sets of numbers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from store.rollups.hours import Hours, Span, hour_end, hour_of, start_of

SPANS = st.lists(st.tuples(st.integers(-50, 50), st.integers(-5, 30)).map(lambda p: (p[0], p[0] + p[1])), max_size=8)


def members(hours: Hours) -> set[int]:
    return {hour for span in hours.spans for hour in range(span.since, span.until)}


def naive(spans: list[tuple[int, int]]) -> set[int]:
    return {hour for since, until in spans for hour in range(since, until)}


@given(SPANS, SPANS)
def test_they_are_sets(a: list[tuple[int, int]], b: list[tuple[int, int]]) -> None:
    one, other = Hours.of(a), Hours.of(b)
    assert members(one) == naive(a)
    assert len(one) == len(naive(a))
    assert bool(one) == bool(naive(a))
    assert members(one | other) == naive(a) | naive(b)
    assert (one <= other) == (naive(a) <= naive(b))
    assert all(x.until < y.since for x, y in zip(one.spans, one.spans[1:], strict=False))


@given(SPANS, st.integers(-60, 60), st.integers(-60, 60))
def test_a_part_of_them(spans: list[tuple[int, int]], since: int, until: int) -> None:
    assert members(Hours.of(spans).within(since, until)) == naive(spans) & set(range(since, until))


@given(SPANS, st.integers(0, 40))
def test_the_first_of_them(spans: list[tuple[int, int]], most: int) -> None:
    assert sorted(members(Hours.of(spans).first(most))) == sorted(naive(spans))[:most]


@given(SPANS, st.integers(1, 4))
def test_fewer_spans_cover_them(spans: list[tuple[int, int]], most: int) -> None:
    hours = Hours.of(spans)
    joined = hours.joined(most)
    assert hours <= joined
    assert len(joined.spans) <= most
    assert joined == hours or len(hours.spans) > most
    # What is filled in are the narrowest gaps.
    gaps = sorted(b.since - a.until for a, b in pairwise(hours.spans))
    assert len(joined) - len(hours) == sum(gaps[: max(0, len(hours.spans) - most)])


@given(SPANS)
def test_their_days(spans: list[tuple[int, int]]) -> None:
    hours = Hours.of(spans)
    assert list(hours.days()) == sorted({hour // 24 for hour in members(hours)})


def test_as_postgresql_writes_them() -> None:
    assert Hours.of([(5, 7), (1, 2), (6, 9)]).literal() == "{[1,2),[5,9)}"
    assert Hours.of([(1, 1)]).literal() == "{}"
    assert Hours((Span(1, 2),)) == Hours.of([(1, 2)])


@given(st.datetimes(datetime(1960, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - made aware
def test_time_lies_in_its_hour(at: datetime) -> None:
    hour = start_of(hour_of(at))
    assert hour <= at < hour + timedelta(hours=1)
    assert start_of(hour_end(at)) - at < timedelta(hours=1)
    assert at <= start_of(hour_end(at))
