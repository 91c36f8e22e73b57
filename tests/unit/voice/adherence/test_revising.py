"""Changes and pauses: versions that touch and never overlap."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from store.regimens import Dose, Regimen
from voice.adherence.revising import changed, paused

T0 = datetime(2026, 6, 1, tzinfo=UTC)
ONCE, TWICE = (Dose(time(8)),), (Dose(time(8)), Dose(time(20)))


def day(n: int) -> datetime:
    return T0 + timedelta(days=n)


def spans(versions: list[Regimen]) -> list[tuple[int, int | None, int]]:
    """First day, day after the last, doses a day."""
    return [
        ((one.since - T0).days, None if one.until is None else (one.until - T0).days, len(one.doses))
        for one in versions
    ]


def test_a_change_ends_what_was_and_calls_off_what_was_to_come() -> None:
    held = [Regimen(day(0), day(10), ONCE), Regimen(day(10), day(30), TWICE), Regimen(day(30), None, ONCE)]
    assert spans(changed(held, Regimen(day(20), None, ONCE))) == [(0, 10, 1), (10, 20, 2), (20, None, 1)]
    assert spans(changed(held, Regimen(day(0), None, TWICE))) == [(0, None, 2)]
    assert spans(changed([], Regimen(day(3), None, ONCE))) == [(3, None, 1)]


def test_after_a_pause_goes_on_what_held_or_was_to_begin() -> None:
    held = [Regimen(day(0), day(10), ONCE), Regimen(day(10), None, TWICE)]
    assert spans(paused(held, day(4), day(6), "hospital")) == [(0, 4, 1), (4, 6, 0), (6, 10, 1), (10, None, 2)]
    assert spans(paused(held, day(8), day(12), None)) == [(0, 8, 1), (8, 12, 0), (12, None, 2)]
    assert spans(paused(held, day(8), None, None)) == [(0, 8, 1), (8, None, 0)]
