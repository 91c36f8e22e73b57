from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from store.usage import Window
from voice.calendars import Period
from voice.figures import NOTHING, Figures, figures, in_time, over_units
from voice.usage import within

DAY_S = 86_400.0
T0 = datetime(2026, 3, 1, tzinfo=UTC)


def _day(uses: int = 0, minutes: float = 0.0, heard_s: float = DAY_S) -> Figures:
    return figures(uses, minutes, 0, 0, heard_s=heard_s, window_s=DAY_S)


def test_no_telemetry_is_not_zero_use() -> None:
    silent = _day(heard_s=0)
    assert (silent.uses, silent.minutes, silent.coverage) == (None, None, 0.0)
    heard = _day(heard_s=1)
    assert (heard.uses, heard.minutes) == (0, 0.0)


def test_a_use_known_from_silence_is_a_lower_bound() -> None:
    found = _day(uses=1, minutes=30, heard_s=0)
    assert (found.uses, found.minutes, found.coverage) == (1, 30, 0.0)


def test_a_window_to_come_has_no_coverage() -> None:
    future = figures(0, 0, 0, 0, heard_s=0, window_s=0)
    assert (future.uses, future.coverage) == (None, None)


def test_uses_without_length_have_no_minutes() -> None:
    taken = figures(3, 0, 0, 0, heard_s=DAY_S, window_s=DAY_S, has_length=False)
    assert (taken.uses, taken.minutes) == (3, None)


def test_days_add_up_and_their_coverage_is_that_of_all_time() -> None:
    month = in_time([_day(2, 50), _day(heard_s=0), _day(1, 20, heard_s=DAY_S / 2)])
    assert (month.uses, month.minutes, month.coverage) == (3, 70, 0.5)


def test_only_unheard_days_stay_unknown() -> None:
    assert in_time([_day(heard_s=0), _day(heard_s=0)]).uses is None


def test_units_add_up_and_are_as_sure_as_the_least_heard() -> None:
    both = over_units([_day(2, 50), _day(1, 10, heard_s=DAY_S / 4), NOTHING])
    assert (both.uses, both.minutes, both.coverage) == (3, 60, 0.25)
    assert over_units([NOTHING]).coverage is None


def _period(first: int, last: int) -> Period:
    return Period(T0 + timedelta(days=first), T0 + timedelta(days=last), str(first), True)


def test_within_cuts_periods_at_ownership() -> None:
    cut = [_period(0, 7), _period(7, 14), _period(14, 21)]
    owned = [
        Window(T0 - timedelta(days=5), T0 + timedelta(days=2)),
        Window(T0 + timedelta(days=5), T0 + timedelta(days=15)),
    ]
    assert [
        (n, (w.since - T0).days, (w.until - T0).days) for n, w in within(cut, owned)
    ] == [(0, 0, 2), (0, 5, 7), (1, 7, 14), (2, 14, 15)]  # fmt: skip


@given(st.lists(st.integers(1, 400), min_size=2, max_size=12, unique=True).map(sorted))
def test_within_keeps_all_owned_time(edges: list[int]) -> None:
    cut = [_period(n * 30, (n + 1) * 30) for n in range(14)]
    owned = [
        Window(T0 + timedelta(days=a), T0 + timedelta(days=b)) for a, b in zip(edges[::2], edges[1::2], strict=False)
    ]
    kept = sum((w.until - w.since for _, w in within(cut, owned)), timedelta())
    assert kept == sum((w.until - w.since for w in owned), timedelta())
