"""Twelve regimens whose figures were worked out by hand.

Each case is told in the comments beside its doses; "k/n" is doses, days or times of k of n. Days are counted from 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from store.doses import Dosed
from store.regimens import Dose, Regimen
from store.usage import Window
from voice.adherence import measures
from voice.adherence.measures import Holiday, Persistence, Share
from voice.adherence.schedule import due
from voice.adherence.slots import Slot, slots
from voice.adherence.thresholds import Thresholds

BERLIN, TEHRAN = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tehran")
FIRST = date(2026, 6, 1)  # a Monday
T = Thresholds()


def at(day: int, clock: str, zone: ZoneInfo = BERLIN, first: date = FIRST) -> datetime:
    """`clock` of the given day of the regimen."""
    return datetime.combine(first + timedelta(days=day - 1), time.fromisoformat(clock), zone)


def doses(*clocks: str, count: int = 1, window_min: int | None = None) -> tuple[Dose, ...]:
    return tuple(Dose(time.fromisoformat(clock), count, window_min) for clock in clocks)


def version(first_day: int, after: int | None, prescribed: tuple[Dose, ...], **more: object) -> Regimen:
    """From the midnight that begins one day to the midnight that begins another."""
    until = None if after is None else at(after, "00:00")
    return Regimen(at(first_day, "00:00"), until, prescribed, **more)  # type: ignore[arg-type]


def took(*when: tuple[int, str] | tuple[int, str, int], zone: ZoneInfo = BERLIN, first: date = FIRST) -> list[Dosed]:
    return [
        Dosed(at(day, clock, zone, first), True, more[0] if more else 1, 1, n)
        for n, (day, clock, *more) in enumerate(when)
    ]


@dataclass
class Case:
    """A regimen over some days, what was taken, and the figures by hand: (taking, dosing, timing)."""

    days: int
    regimen: Sequence[Regimen]
    taken: Sequence[Dosed]
    figures: tuple[tuple[int, int], tuple[int, int], tuple[int, int]]
    first: date = FIRST
    silent: tuple[int, int] | None = None
    """First and last day of which nothing was heard."""
    travel: tuple[int, str] | None = None
    """To Tehran, on this day at this time of Berlin."""
    unknown: int = 0
    holidays: list[Holiday] = field(default_factory=list)

    def slots(self) -> list[Slot]:
        window = Window(at(1, "00:00", first=self.first), at(self.days + 1, "00:00", first=self.first))
        moved = None if self.travel is None else at(*self.travel)
        wanted = due(self.regimen, window, lambda when: TEHRAN if moved and when >= moved else BERLIN)
        heard = [Window(window.since - timedelta(days=3), window.until + timedelta(days=3))]
        if self.silent is not None:
            gap = Window(at(self.silent[0], "00:00"), at(self.silent[1] + 1, "00:00"))
            heard = [Window(heard[0].since, gap.since), Window(gap.until, heard[0].until)]
        return slots(wanted, sorted(self.taken, key=lambda dose: dose.at), heard, window.until + timedelta(days=3))


SPRING, AUTUMN = date(2026, 3, 27), date(2026, 10, 24)  # clocks change on the third, and on the second day
CASES = {
    # 1. Seven of ten in time; two at 15:00, seven hours late, where a quarter of a day is six; none on day 10.
    "once daily": Case(
        10,
        [version(1, None, doses("08:00"))],
        [*took(*((day, "08:05") for day in range(1, 8))), *took((8, "15:00"), (9, "15:00"))],
        ((9, 10), (9, 10), (7, 10)),
    ),
    # 2. All five mornings, three evenings, one of them 3.5 hours late where a quarter of 12 hours is three. Right are
    #    the days 1 to 3; the same doses give 80, 60 and 70 %.
    "twice daily": Case(
        5,
        [version(1, None, doses("08:00", "20:00"))],
        took(*((day, "08:10") for day in range(1, 6)), (1, "20:30"), (2, "20:30"), (3, "23:30")),
        ((8, 10), (3, 5), (7, 10)),
    ),
    # 3. Due on days 1, 3, 5, 7, 9. Day 5's came 14 hours late where a quarter of two days is 12; day 7's never.
    "every other day": Case(
        10,
        [version(1, None, doses("08:00"), every_days=2)],
        took((1, "08:00"), (3, "08:00"), (5, "22:00"), (9, "08:00")),
        ((4, 5), (4, 5), (3, 5)),
    ),
    # 4. Three a day for two days, then two, then one: 6 + 4 + 2 doses. Only day 2's of 14:00 is missing.
    "tapering": Case(
        6,
        [
            version(1, 3, doses("08:00", "14:00", "20:00")),
            version(3, 5, doses("08:00", "20:00")),
            version(5, 7, doses("08:00")),
        ],
        took(
            (1, "08:00"),
            (1, "14:00"),
            (1, "20:00"),
            (2, "08:00"),
            (2, "20:00"),
            (3, "08:00"),
            (3, "20:00"),
            (4, "08:00"),
            (4, "20:00"),
            (5, "08:00"),
            (6, "08:00"),
        ),
        ((11, 12), (5, 6), (11, 12)),
    ),
    # 5. In hospital on days 4 to 6: seven doses are due, and day 8's is the only one missed; three days are no holiday.
    "pause": Case(
        10,
        [
            version(1, 4, doses("08:00")),
            version(4, 7, (), reason="hospital"),
            version(7, None, doses("08:00")),
        ],
        took(*((day, "08:00") for day in (1, 2, 3, 7, 9, 10))),
        ((6, 7), (6, 7), (6, 7)),
    ),
    # 6. To Tehran at noon of day 5, and on by its clock: 08:00 there is 06:30 in Berlin, and in time to the minute.
    "travel by the local clock": Case(
        10,
        [version(1, None, doses("08:00", window_min=10))],
        [
            *took(*((day, "08:00") for day in range(1, 6))),
            *took(*((day, "08:00") for day in range(6, 11)), zone=TEHRAN),
        ],
        ((10, 10), (10, 10), (10, 10)),
        travel=(5, "12:00"),
    ),
    # 7. The same by Berlin's clock with an hour's window: 08:00 in Tehran is 90 minutes early, five times.
    "travel by a fixed clock": Case(
        10,
        [version(1, None, doses("08:00", window_min=60), zone_rule="fixed", zone="Europe/Berlin")],
        [
            *took(*((day, "08:00") for day in range(1, 6))),
            *took(*((day, "08:00") for day in range(6, 11)), zone=TEHRAN),
        ],
        ((10, 10), (10, 10), (5, 10)),
        travel=(5, "12:00"),
    ),
    # 8. On day 3 there is no 02:30: it is due at 03:30, once. Taken at 03:30 it is in time.
    "clocks go forward": Case(
        7,
        [Regimen(at(1, "00:00", first=SPRING), None, doses("02:30", window_min=10))],
        took(*((day, "03:30" if day == 3 else "02:30") for day in range(1, 8)), first=SPRING),
        ((7, 7), (7, 7), (7, 7)),
        first=SPRING,
    ),
    # 9. On day 2 02:30 comes twice: due once, the first time. Taken the second time it is an hour late.
    "clocks go back": Case(
        3,
        [Regimen(at(1, "00:00", first=AUTUMN), None, doses("02:30", window_min=30))],
        [
            *took((1, "02:30"), (3, "02:30"), first=AUTUMN),
            Dosed(at(2, "02:30", first=AUTUMN).replace(fold=1), True, 1, 1, 9),
        ],
        ((3, 3), (3, 3), (2, 3)),
        first=AUTUMN,
    ),
    # 10. Monday to Friday for two weeks; Saturday's makes up for nothing, and Friday's (day 12) is missing.
    "weekdays": Case(
        14,
        [version(1, None, doses("08:00"), weekdays=(1, 2, 3, 4, 5))],
        took(*((day, "08:00") for day in (1, 2, 3, 4, 5, 6, 8, 9, 10, 11))),
        ((9, 10), (9, 10), (9, 10)),
    ),
    # 11. Two pills a time; taken 2, 2, 1, 3, 0. Of ten due seven were taken, two days are right, three times are whole.
    "two pills a dose": Case(
        5,
        [version(1, None, doses("08:00", count=2))],
        took((1, "08:00", 2), (2, "08:00", 2), (3, "08:00", 1), (4, "08:00", 3)),
        ((7, 10), (2, 5), (3, 5)),
    ),
    # 12. 40 days: taken on 1 to 5 and 13 to 20; nothing on 6 to 9, all heard; nothing heard on 10 to 12, so of these
    #     three it is not known. 13 of 37, and two holidays: days 6 to 9 and 21 to 40.
    "silence": Case(
        40,
        [version(1, None, doses("08:00"))],
        took(*((day, "08:00") for day in (*range(1, 6), *range(13, 21)))),
        ((13, 37), (13, 37), (13, 37)),
        silent=(10, 12),
        unknown=3,
        holidays=[
            Holiday(date(2026, 6, 6), date(2026, 6, 9), 4, 4),
            Holiday(date(2026, 6, 21), date(2026, 7, 10), 20, 20),
        ],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_figures_by_hand(name: str) -> None:
    case = CASES[name]
    found = case.slots()
    figures = (measures.taking(found), measures.dosing(found), measures.timing(found))
    assert tuple((each.hits, each.of) for each in figures) == case.figures
    assert [each.unknown for each in figures] == [case.unknown] * 3
    assert measures.holidays(found, T) == case.holidays


def test_one_set_of_doses_three_figures() -> None:
    """Twice daily: 80 % of the doses, 60 % of the days, 70 % of the times: never a percentage alone."""
    found = CASES["twice daily"].slots()
    shares = [each(found).share for each in (measures.taking, measures.dosing, measures.timing)]
    assert shares == [0.8, 0.6, 0.7]


def test_the_second_story() -> None:
    """64 of 90 doses: Wilson's interval is 61 to 79.5 %."""
    low, high = Share(64, 90, 0).interval
    assert (round(low, 2), round(high, 3)) == (0.61, 0.795)


def test_what_is_not_known_bounds_the_figure() -> None:
    found = measures.taking(CASES["silence"].slots())
    assert found.bounds == (13 / 40, 16 / 40)
    assert Share(0, 0, 0).share is None
    assert Share(0, 0, 0).bounds is None


def test_what_the_device_says_was_missed_is_known_in_a_silence() -> None:
    case = CASES["silence"]
    said = Dosed(at(11, "12:00"), False, 1, 1, 99)
    told = Case(case.days, case.regimen, [*case.taken, said], case.figures, silent=case.silent).slots()
    assert [(slot.due.day.day, slot.missed, slot.unknown) for slot in told[9:12]] == [
        (10, 0, 1),
        (11, 1, 0),
        (12, 0, 1),
    ]


def test_given_up_after_so_many_days_without_a_dose() -> None:
    found = CASES["silence"].slots()
    assert measures.persistence(found, T) == Persistence(date(2026, 6, 1), None, 40)  # 20 days are not 30
    given_up = measures.persistence(found, Thresholds(discontinued_days=20))
    assert given_up == Persistence(date(2026, 6, 1), date(2026, 6, 20), 20)
    assert measures.persistence(found[5:9], T) == Persistence(None, None, 0)


def test_a_missed_week_of_a_weekly_dose_is_a_holiday_however_it_is_written() -> None:
    for weekly in ({"weekdays": (1,)}, {"every_days": 7}):
        case = Case(21, [version(1, None, doses("08:00"), **weekly)], took((1, "08:00"), (15, "08:00")), ((0, 0),) * 3)
        found = case.slots()
        assert measures.taking(found) == Share(2, 3, 0)
        assert measures.timing(found) == Share(2, 3, 0)
        assert measures.holidays(found, T) == [Holiday(date(2026, 6, 8), date(2026, 6, 8), 7, 1)]


def test_a_pause_is_no_holiday_and_no_end_of_a_therapy() -> None:
    """Taken on day 1; in hospital from day 2 to 30; days 31 and 32 missed: two days, and no month."""
    away = [version(1, 2, doses("08:00")), version(2, 31, (), reason="hospital"), version(31, None, doses("08:00"))]
    found = Case(32, away, took((1, "08:00")), ((0, 0),) * 3).slots()
    assert [slot.taken for slot in found] == [1, 0, 0]
    assert measures.holidays(found, T) == []
    assert measures.persistence(found, T) == Persistence(date(2026, 6, 1), None, 32)
    # Two missed before it and one after are no three in a row.
    before = [version(1, 4, doses("08:00")), version(4, 14, ()), version(14, None, doses("08:00"))]
    around = Case(15, before, took((1, "08:00"), (15, "08:00")), ((0, 0),) * 3).slots()
    assert [slot.missed for slot in around] == [0, 1, 1, 1, 0]
    assert measures.holidays(around, T) == []
    assert measures.missing_now(around[:-1]) == measures.Missing(at(14, "08:00").astimezone(UTC), 1)


def test_which_doses_which_days_since_when() -> None:
    found = CASES["twice daily"].slots()
    morning, evening = measures.by_time(found)
    assert (morning.key, morning.share, morning.late_min) == ("08:00", Share(5, 5, 0), 10)
    assert (evening.key, evening.share, evening.late_min) == ("20:00", Share(3, 5, 0), 30)
    assert [(day.key, day.share.hits, day.share.of) for day in measures.by_weekday(found)] == [
        ("1", 2, 2), ("2", 2, 2), ("3", 2, 2), ("4", 1, 2), ("5", 1, 2),
    ]  # fmt: skip
    assert measures.missing_now(found) == measures.Missing(at(5, "20:00").astimezone(UTC), 1)
    assert measures.missing_now(CASES["once daily"].slots()[:9]) is None


def test_a_day_counts_when_all_of_it_is_over() -> None:
    """After the morning's dose nothing is known of the evening's: neither counts yet."""
    twice = [version(1, None, doses("08:00", "20:00"))]
    wanted = due(twice, Window(at(1, "00:00"), at(3, "00:00")), lambda _: BERLIN)
    heard = [Window(at(1, "00:00") - timedelta(days=1), at(2, "12:00"))]
    taken = took((1, "08:00"), (1, "20:00"), (2, "08:00"))
    assert [slot.due.day.day for slot in slots(wanted, taken, heard, at(2, "12:00"))] == [1, 1]


def test_due_instants_across_the_change_of_clocks() -> None:
    spring = due(
        [Regimen(at(1, "00:00", first=SPRING), None, doses("02:30"))],
        Window(at(2, "00:00", first=SPRING), at(5, "00:00", first=SPRING)),
        lambda _: BERLIN,
    )
    assert [each.at.strftime("%d %H:%M") for each in spring] == ["28 01:30", "29 01:30", "30 00:30"]
    autumn = due(
        [Regimen(at(1, "00:00", first=AUTUMN), None, doses("02:30"))],
        Window(at(1, "00:00", first=AUTUMN), at(4, "00:00", first=AUTUMN)),
        lambda _: BERLIN,
    )
    assert [each.at.strftime("%d %H:%M") for each in autumn] == ["24 00:30", "25 00:30", "26 01:30"]


def test_weekdays_every_other_day_and_versions_of_one_day() -> None:
    """Slots never overlap, and each event belongs to one dose at most."""
    found = CASES["tapering"].slots()
    assert all(before.until <= after.since for before, after in pairwise(found))
    assert sum(len(slot.at) for slot in found) == 11
    assert all(slot.until - slot.since <= timedelta(days=1) for slot in found)
