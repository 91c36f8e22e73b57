from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from api.errors import BadInput
from api.parameters import Instant, Period, period

INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-29T01:00:00Z",
        "2026-03-29t01:00:00z",
        "2026-03-29T01:00:00.000Z",
        "2026-03-29T01:00:00.000000000+00:00",
        "2026-03-29T03:00:00+02:00",
        "2026-03-29T03:00:00 02:00",
        "2026-03-28T20:00:00-05:00",
        "2026-03-29 01:00:00Z",
    ],
)
def test_rfc_3339_is_read_also_when_the_url_ate_its_plus(text: str) -> None:
    assert INSTANT.validate_python(text) == datetime(2026, 3, 29, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["2026-03-29", "2026-03-29T01:00:00", "1764000000123", "now", "", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00Z",
     "9999-12-31T23:59:59-12:00", "2026-01-01T00:00:00+99:99", "٢٠٢٦-01-01T00:00:00Z"],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        INSTANT.validate_python(text)


@given(st.text() | st.integers() | st.floats() | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+[+-][0-9:]{5}"))
def test_no_input_raises_another_error(value: object) -> None:
    try:
        INSTANT.validate_python(value)
    except ValidationError:
        return


def test_periods_are_half_open_and_bounded() -> None:
    read = period(timedelta(days=1), timedelta(days=10))
    end = datetime(2026, 1, 2, tzinfo=UTC)
    assert read(None, end) == Period(end - timedelta(days=1), end)
    for start in (end, end + timedelta(seconds=1), end - timedelta(days=11)):
        with pytest.raises(BadInput) as refused:
            read(start, end)
        assert refused.value.slug == "bad-period"
