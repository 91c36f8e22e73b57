from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from store import partitions

TIMES = st.datetimes(
    min_value=datetime(1999, 1, 1),  # noqa: DTZ001 - hypothesis wants naive bounds
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@given(TIMES, st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=900)))
def test_months_touch_and_cover_what_was_asked(start: datetime, length: timedelta) -> None:
    found = list(partitions.months(start, start + length))
    assert found[0][0] <= start < found[0][1]
    assert found[-1][0] <= start + length < found[-1][1]
    assert all(before[1] == after[0] for before, after in pairwise(found))
    assert all(since.day == 1 and since < until for since, until in found)


def test_an_instant_is_in_one_month() -> None:
    december = datetime(2026, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC)
    assert list(partitions.months(december, december)) == [
        (datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
    ]


def test_names_sort_as_their_months_do() -> None:
    found = partitions.months(datetime(2019, 9, 1, tzinfo=UTC), datetime(2021, 2, 1, tzinfo=UTC))
    names = [partitions.name("t", since) for since, _ in found]
    assert names == sorted(names)
    assert names[0] == "t_p2019_09"
