"""Which histories of ownership may stand."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from store.errors import Conflict, InvalidValue
from store.ownerships import Span, _checked

START = datetime(2026, 1, 1, tzinfo=UTC)
HOURS = 12


@st.composite
def histories(draw: st.DrawFn) -> list[Span]:
    spans = []
    for _ in range(draw(st.integers(0, 4))):
        since = draw(st.integers(0, HOURS))
        until = draw(st.none() | st.integers(0, HOURS))
        end = None if until is None else START + timedelta(hours=until)
        spans.append(Span("c-1", START + timedelta(hours=since), end))
    return spans


def owners(spans: list[Span], hour: int) -> int:
    at = START + timedelta(hours=hour)
    return sum(span.since <= at and (span.until is None or at < span.until) for span in spans)


@given(histories())
def test_a_history_stands_if_every_span_has_a_length_and_no_hour_two_owners(spans: list[Span]) -> None:
    whole = all(span.until is None or span.since < span.until for span in spans)
    alone = all(owners(spans, hour) <= 1 for hour in range(HOURS + 1))
    try:
        ordered = _checked(spans)
    except InvalidValue:
        assert not whole
    except Conflict:
        assert whole
        assert not alone
    else:
        assert whole
        assert alone
        assert ordered == sorted(spans, key=lambda span: span.since)
