from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.elements import Reason
from wire.clock import milliseconds
from wire.refusal import Refused

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@given(
    st.datetimes(timezones=st.just(UTC)),
    st.integers(min_value=-23 * 60 - 59, max_value=23 * 60 + 59),
)
def test_rfc3339_is_what_the_standard_library_says(at: datetime, offset_min: int) -> None:
    expected = (at - EPOCH) // timedelta(milliseconds=1)
    assert milliseconds(at.isoformat()) == expected
    assert milliseconds(at.isoformat().replace("+00:00", "Z")) == expected
    try:
        local = at.astimezone(timezone(timedelta(minutes=offset_min)))
    except OverflowError:
        return
    assert milliseconds(local.isoformat()) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01t00:00:01z", 1000),
        ("1970-01-01 00:00:00.5Z", 500),
        ("1970-01-01T00:00:00.0019999Z", 1),
        ("1969-12-31T23:59:59.999Z", -1),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1969-12-31T23:30:00-00:30", 0),
        ("2016-12-31T23:59:60Z", 1_483_228_800_000),
        ("2025-11-24T16:00:00.123Z", 1_764_000_000_123),
    ],
)
def test_rfc3339_by_example(text: str, expected: int) -> None:
    assert milliseconds(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2025-11-24",
        "2025-11-24T16:00:00",
        "2025-11-24T16:00Z",
        "20251124T160000Z",
        "2025-W48-1T16:00:00Z",
        "2025-13-01T00:00:00Z",
        "2025-02-29T00:00:00Z",
        "2025-11-24T24:00:00Z",
        "2025-11-24T16:60:00Z",
        "2025-11-24T16:00:61Z",
        "2025-11-24T16:00:00.Z",
        "2025-11-24T16:00:00+24:00",
        "2025-11-24T16:00:00+01:60",
        "2025-11-24T16:00:00+0100",
        "0000-01-01T00:00:00Z",
        "2025-11-24T16:00:00Z\n",
        "٢٠٢٥-11-24T16:00:00Z",
        "2025-11-24T16:00:00." + "0" * 100 + "Z",
    ],
)
def test_what_is_not_rfc3339(text: str) -> None:
    with pytest.raises(Refused) as caught:
        milliseconds(text)
    assert caught.value.reason is Reason.BAD_TS
