"""What was prescribed to whom a dispenser serves, and when: versions that do not overlap, and pauses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from itertools import pairwise
from typing import Any, Final, Literal, TypeAlias

from psycopg.types.json import Jsonb
from psycopg.types.range import Range

from store.database import Connection
from store.errors import InvalidValue, translated
from store.usage import Window

ZoneRule: TypeAlias = Literal["fixed", "local"]
MOST_VERSIONS: Final = 200


@dataclass(frozen=True, slots=True)
class Dose:
    """One of a day's doses."""

    at: time
    """By the clock of the regimen's zone."""
    count: int = 1
    window_min: int | None = None
    """Minutes before and after that are still in time; None: a quarter of the interval."""


@dataclass(frozen=True, slots=True)
class Regimen:
    """One version over `[since, until)`, or from `since` on; without doses a pause."""

    since: datetime
    until: datetime | None
    doses: tuple[Dose, ...]
    """Rising."""
    zone_rule: ZoneRule = "local"
    """`fixed`: by the clock of `zone` wherever the unit is; `local`: by the clock of where it stands."""
    zone: str | None = None
    every_days: int = 1
    """2: every other day, counted from the day of `since`."""
    weekdays: tuple[int, ...] | None = None
    """ISO, 1 = Monday; None: any."""
    reason: str | None = None
    set_by: str = ""
    set_at: datetime | None = None

    @property
    def paused(self) -> bool:
        """Whether nothing is due."""
        return not self.doses


@translated()
def of(conn: Connection, device_id: int) -> list[Regimen]:
    """All versions that hold, oldest first, each cut to the ownership it begins in: the next owner's are others."""
    rows = conn.execute(
        """SELECT lower(r.during), upper(r.during * o.during), doses, zone_rule, r.zone, every_days, weekdays, reason,
                  set_by, set_at
           FROM regimens r JOIN ownerships o ON o.device_id = r.device_id AND o.during @> lower(r.during)
           WHERE r.device_id = %s AND replaced_at IS NULL ORDER BY r.during""",
        (device_id,),
    )
    return [_regimen(row) for row in rows]


def _regimen(row: tuple[Any, ...]) -> Regimen:
    since, until, doses, rule, zone, every, weekdays, reason, by, at = row
    parsed = tuple(Dose(time.fromisoformat(d["at"]), d["count"], d["window_min"]) for d in doses)
    return Regimen(since, until, parsed, rule, zone, every, tuple(weekdays) if weekdays else None, reason, by, at)


@translated()
def replace(
    conn: Connection, device_id: int, versions: Sequence[Regimen], within: Sequence[Window], *, by: str, now: datetime
) -> None:
    """What was prescribed in the windows `within` is `versions` from now on; what was said before is kept as replaced.

    Versions outside of `within` stay as they are. Raises `InvalidValue` when the new ones overlap, lie outside of the
    windows or are too many.
    """
    if len(versions) > MOST_VERSIONS:
        raise InvalidValue(f"{len(versions)} versions of a regimen are more than {MOST_VERSIONS}")
    rising = sorted(versions, key=lambda version: version.since)
    for before, after in pairwise(rising):
        if before.until is None or before.until > after.since:
            raise InvalidValue(f"the version from {after.since.isoformat()} begins before the one before it ends")
    for version in rising:
        if not any(w.since <= version.since and _ends_within(version, w) for w in within):
            raise InvalidValue(f"the version from {version.since.isoformat()} lies outside of the customer's ownership")
    conn.execute("SELECT 1 FROM devices WHERE device_id = %s FOR UPDATE", (device_id,))
    for window in within:
        # What was prescribed to an owner before ends with their ownership, whatever was said of its end.
        conn.execute(
            """UPDATE regimens SET during = tstzrange(lower(during), %(since)s)
               WHERE device_id = %(device)s AND replaced_at IS NULL AND lower(during) < %(since)s
                 AND coalesce(upper(during), 'infinity') > %(since)s""",
            {"device": device_id, "since": window.since},
        )
        conn.execute(
            """UPDATE regimens SET replaced_at = %s
               WHERE device_id = %s AND replaced_at IS NULL AND lower(during) >= %s AND lower(during) < %s""",
            (now, device_id, window.since, window.until),
        )
    with conn.cursor() as cursor:
        cursor.executemany(
            """INSERT INTO regimens (device_id, during, paused, reason, zone_rule, zone, every_days, weekdays, doses,
                   set_by, set_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)""",
            [_row(device_id, version, by, now) for version in rising],
        )


def _ends_within(version: Regimen, window: Window) -> bool:
    if version.until is None:
        return window.until.year >= 9999
    return version.since < version.until <= window.until


def _row(device_id: int, version: Regimen, by: str, now: datetime) -> tuple[Any, ...]:
    doses = [
        {"at": dose.at.isoformat("minutes"), "count": dose.count, "window_min": dose.window_min}
        for dose in version.doses
    ]
    return (
        device_id, Range(version.since, version.until, "[)"), version.paused, version.reason, version.zone_rule,
        version.zone, version.every_days, list(version.weekdays) if version.weekdays else None, Jsonb(doses), by, now,
    )  # fmt: skip
