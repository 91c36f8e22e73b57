from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from relay.listening import SPANS_KEPT, Listening, listened_from, merged

T0 = datetime(2026, 3, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
OFTEN = 2 * MINUTE

spans = st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), max_size=12)


def minutes(n: float) -> datetime:
    return T0 + timedelta(minutes=n)


def watching(*, until: int) -> Listening:
    """Somebody looked every minute up to then, and we heard."""
    listening = Listening()
    for minute in range(until + 1):
        listening.look(minutes(minute), T0 - timedelta(days=1), at_least_every=OFTEN)
    return listening


@given(spans)
def test_merged_spans_are_apart_and_hold_the_same_moments(given_spans: list[tuple[int, int]]) -> None:
    found = merged(given_spans)
    assert all(start < end for start, end in found)
    assert all(a[1] < b[0] for a, b in pairwise(found))
    assert {t for a, b in found for t in range(a, b)} == {t for a, b in given_spans for t in range(a, b)}


@given(spans, st.integers(0, 600), st.integers(1, 700))
def test_time_listened_is_what_was_asked_for(deaf: list[tuple[int, int]], now: int, wanted: int) -> None:
    since = listened_from(deaf, now, wanted)
    unheard = {t for a, b in deaf for t in range(a, b)}
    assert sum(1 for t in range(since, now) if t not in unheard) == wanted
    assert since not in unheard  # the latest such moment: the next one would be too late


def test_without_deafness_it_is_the_time_itself() -> None:
    listening = watching(until=30)
    assert listening.silent_before(minutes(30), 60, 3 * MINUTE) == minutes(27)


def test_an_outage_does_not_count() -> None:
    listening = watching(until=10)
    for minute in range(11, 41):
        listening.look(minutes(minute), None, at_least_every=OFTEN)
    assert listening.silent_before(minutes(40), 60, 3 * MINUTE) == minutes(7)
    listening.look(minutes(41), minutes(40.5), at_least_every=OFTEN)
    listening.look(minutes(42), minutes(40.5), at_least_every=OFTEN)
    # Heard before it: silent for 1.5 minutes since and 1.5 before.
    assert listening.silent_before(minutes(42), 60, 3 * MINUTE) == minutes(8.5)
    listening.look(minutes(43), minutes(40.5), at_least_every=OFTEN)
    listening.look(minutes(44), minutes(40.5), at_least_every=OFTEN)
    assert listening.silent_before(minutes(44), 60, 3 * MINUTE) == minutes(41)


def test_time_in_which_nobody_looked_does_not_count() -> None:
    listening = watching(until=10)
    listening.look(minutes(60), T0, at_least_every=OFTEN)
    assert listening.silent_before(minutes(60), 60, 3 * MINUTE) == minutes(7)


def test_nor_does_any_time_before_the_first_look() -> None:
    listening = watching(until=0)
    assert listening.silent_before(minutes(0), 60, 3 * MINUTE).year == 1970
    assert watching(until=4).silent_before(minutes(4), 60, 3 * MINUTE) == minutes(1)
    assert watching(until=2).silent_before(minutes(2), 60, 3 * MINUTE).year == 1970


def test_deafness_to_one_heartbeat_is_no_other_s() -> None:
    listening = watching(until=30)
    listening.deaf_to(60, minutes(20), minutes(30))
    assert listening.silent_before(minutes(30), 60, 3 * MINUTE) == minutes(17)
    assert listening.silent_before(minutes(30), 90.5, 3 * MINUTE) == minutes(27)


def test_it_is_the_same_after_it_was_kept() -> None:
    listening = watching(until=30)
    listening.deaf_to(0.5, minutes(20), minutes(30))
    assert Listening.from_state(listening.state()) == listening
    assert Listening.from_state({}) == Listening()


def test_what_is_kept_is_bounded() -> None:
    listening = Listening(deaf={"everybody": [(n * 10, n * 10 + 1) for n in range(2_000)]})
    kept = Listening.from_state(listening.state()).deaf["everybody"]
    assert len(kept) == SPANS_KEPT
    assert kept[-1] == (19_990, 19_991)
