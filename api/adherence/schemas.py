"""Regimens and adherence on the wire. A figure carries its definition, number, interval and what is not known."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfoNotFoundError

from pydantic import Field, PlainSerializer, StringConstraints, field_validator, model_validator

from api.parameters import Instant, NoNul
from api.shapes import Answer, Body
from store.regimens import MOST_VERSIONS, Regimen
from store.regimens import Dose as Prescribed
from voice.adherence.definitions import DEFINITIONS
from voice.adherence.measures import Habit as MeasuredHabit
from voice.adherence.measures import Share as Measured
from voice.adherence.reading import Adherence as Found
from voice.adherence.slots import Slot
from voice.calendars import zone_named
from voice.errors import UnknownZone

Clock = Annotated[
    str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$"), Field(description="Hour and minute, like 08:00.")
]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), NoNul]


class Dose(Body):
    """One of a day's doses."""

    at: Clock
    count: int = Field(1, ge=1, le=100)
    window_min: int | None = Field(
        None,
        ge=1,
        le=1_440,
        description="Minutes before and after that are in time; a quarter of the interval if null.",
    )


class Version(Body):
    """What was prescribed from `from` to before `to`; without doses a pause, such as a hospital stay."""

    from_: Instant = Field(alias="from")
    to: Instant | None = None
    doses: list[Dose] = Field(max_length=24)
    zone_rule: Literal["fixed", "local"] = Field(
        "local",
        description="`local`: by the clock of where the unit stands; `fixed`: by that of `zone`, also on a journey.",
    )
    zone: str | None = Field(None, max_length=64, description="IANA time zone; with `fixed` alone.")
    every_days: int = Field(1, ge=1, le=366, description="2: every other day, counted from the day of `from`.")
    weekdays: list[Annotated[int, Field(ge=1, le=7)]] | None = Field(None, max_length=7, description="1 is Monday.")
    reason: Reason | None = None

    @field_validator("doses")
    @classmethod
    def _rising(cls, doses: list[Dose]) -> list[Dose]:
        if len({dose.at for dose in doses}) < len(doses):
            raise ValueError("two doses at the same time are one with a count of two")
        return sorted(doses, key=lambda dose: dose.at)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.to is not None and self.to <= self.from_:
            raise ValueError("`to` must come after `from`")
        if (self.zone_rule == "fixed") != (self.zone is not None):
            raise ValueError("zone: goes with zone_rule fixed, and only with it")
        if self.zone is not None:
            try:
                zone_named(self.zone)
            except (UnknownZone, ZoneInfoNotFoundError) as error:
                raise ValueError(f"zone: there is no time zone {self.zone}") from error
        return self

    def stored(self) -> Regimen:
        """As it is kept."""
        doses = tuple(Prescribed(time.fromisoformat(d.at), d.count, d.window_min) for d in self.doses)
        days = tuple(sorted(set(self.weekdays))) if self.weekdays else None
        return Regimen(self.from_, self.to, doses, self.zone_rule, self.zone, self.every_days, days, self.reason)


def wanted(version: Regimen) -> Version:
    """As it is sent."""
    return Version(
        **{"from": version.since},
        to=version.until,
        doses=[Dose(at=d.at.isoformat("minutes"), count=d.count, window_min=d.window_min) for d in version.doses],
        zone_rule=version.zone_rule,
        zone=version.zone,
        every_days=version.every_days,
        weekdays=list(version.weekdays) if version.weekdays else None,
        reason=version.reason,
    )


class RegimenWanted(Body):
    """All that was prescribed while the customer was cared for; replaces what was said before, which is kept."""

    items: list[Version] = Field(max_length=MOST_VERSIONS)


class KeptDose(Answer):
    """One of a day's doses."""

    at: Annotated[time, PlainSerializer(lambda at: at.isoformat("minutes"), return_type=str)]
    count: int
    window_min: int | None


class Kept(Answer):
    """One version, and who said so."""

    from_: datetime = Field(alias="from")
    to: datetime | None
    paused: bool
    doses: list[KeptDose]
    zone_rule: Literal["fixed", "local"]
    zone: str | None
    every_days: int
    weekdays: list[int] | None
    reason: str | None
    set_by: str
    set_at: datetime | None

    @classmethod
    def of(cls, version: Regimen) -> Kept:
        """As it is answered."""
        return cls(
            from_=version.since,
            to=version.until,
            paused=version.paused,
            doses=[KeptDose.model_validate(dose) for dose in version.doses],
            zone_rule=version.zone_rule,
            zone=version.zone,
            every_days=version.every_days,
            weekdays=list(version.weekdays) if version.weekdays else None,
            reason=version.reason,
            set_by=version.set_by,
            set_at=version.set_at,
        )

    @property
    def regimen(self) -> Regimen:
        """As it is kept."""
        doses = tuple(Prescribed(dose.at, dose.count, dose.window_min) for dose in self.doses)
        days = tuple(self.weekdays) if self.weekdays else None
        return Regimen(self.from_, self.to, doses, self.zone_rule, self.zone, self.every_days, days, self.reason)


class Prescription(Answer):
    """What is prescribed, oldest first."""

    device: str
    items: list[Kept]


class Definition(Answer):
    """What a figure is of."""

    en: str
    fa: str


class Share(Answer):
    """A figure: so many of so many by its definition."""

    hits: int
    of: int = Field(description="Of which it is known.")
    unknown: int = Field(description="Of which it is not known, for nothing was heard.")
    share: float | None
    low: float | None = Field(description="95 % interval (Wilson): what is usual.")
    high: float | None
    least: float | None = Field(description="Had none of the unknown been.")
    most: float | None = Field(description="Had all of the unknown been.")
    definition: Definition | None = None

    @classmethod
    def of_measured(cls, found: Measured, name: str | None = None) -> Share:
        """With the definition `name`."""
        low, high = found.interval if found.of else (None, None)
        least, most = found.bounds or (None, None)
        definition = Definition.model_validate(DEFINITIONS[name]) if name else None
        return cls(
            hits=found.hits, of=found.of, unknown=found.unknown, share=found.share, low=low, high=high,
            least=least, most=most, definition=definition,
        )  # fmt: skip


class Habit(Answer):
    """Doses of one time of the day, or one weekday."""

    key: str = Field(description="`08:00`, or `1` for Monday.")
    share: Share
    late_min: float | None = Field(description="Median minutes after it was due; negative: before.")

    @classmethod
    def of_measured(cls, found: MeasuredHabit) -> Habit:
        """As it is answered."""
        return cls(key=found.key, share=Share.of_measured(found.share), late_min=found.late_min)


class Holiday(Answer):
    """Days in a row without any dose."""

    since: date
    until: date
    days: int
    doses: int


class Holidays(Answer):
    """All of them, and what they are."""

    items: list[Holiday]
    definition: Definition


class Persistence(Answer):
    """How long it was kept up."""

    since: date | None
    until: date | None = Field(description="Null: not given up as far as is known.")
    days: int
    definition: Definition


class Missing(Answer):
    """Doses in a row up to now of which none was taken."""

    since: datetime
    slots: int


class Day(Answer):
    """One local day on which something was due."""

    day: date
    state: Literal["taken", "partly", "missed", "extra", "unknown"] = Field(
        description="`extra`: more than was due; `unknown`: something of it is not known."
    )
    taken: int
    due: int
    timely: bool


class Adherence(Answer):
    """What was taken of what was prescribed in `[from, to)`. A dose taken out is not yet swallowed."""

    device: str
    from_: datetime = Field(alias="from")
    to: datetime
    zone: str
    regimen: list[Kept]
    coverage: float | None = Field(description="Share heard of the time in which anything was prescribed.")
    taking: Share
    dosing: Share
    timing: Share
    holidays: Holidays
    persistence: Persistence
    by_time: list[Habit]
    by_weekday: list[Habit]
    missing: Missing | None = Field(description="Null: the last dose was taken, or it is not known.")
    days: list[Day]
    note: Definition

    @classmethod
    def of(cls, device: str, found: Found, days: list[Day]) -> Adherence:
        """As it is answered."""
        definition = {name: Definition.model_validate(text) for name, text in DEFINITIONS.items()}
        kept = found.persistence
        return cls(
            device=device,
            from_=found.since,
            to=found.until,
            zone=found.zone,
            regimen=[Kept.of(version) for version in found.versions],
            coverage=found.coverage,
            taking=Share.of_measured(found.taking, "taking"),
            dosing=Share.of_measured(found.dosing, "dosing"),
            timing=Share.of_measured(found.timing, "timing"),
            holidays=Holidays(
                items=[Holiday.model_validate(one) for one in found.holidays], definition=definition["holidays"]
            ),
            persistence=Persistence(
                since=kept.since, until=kept.until, days=kept.days, definition=definition["persistence"]
            ),
            by_time=[Habit.of_measured(one) for one in found.by_time],
            by_weekday=[Habit.of_measured(one) for one in found.by_weekday],
            missing=Missing.model_validate(found.missing) if found.missing else None,
            days=days,
            note=definition["opening"],
        )


def day_of(day: date, slots: list[Slot]) -> Day:
    """What became of a day."""
    taken, due = sum(slot.taken for slot in slots), sum(slot.due.count for slot in slots)
    state: Literal["taken", "partly", "missed", "extra", "unknown"]
    if taken > due:
        state = "extra"
    elif taken == due:
        state = "taken"
    elif not all(slot.known for slot in slots):
        state = "unknown"
    else:
        state = "partly" if taken else "missed"
    return Day(day=day, state=state, taken=taken, due=due, timely=all(slot.timely for slot in slots))
