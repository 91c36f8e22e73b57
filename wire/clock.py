"""What time an element is of: the device's own when it is usable, else resolved from arrival."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, NamedTuple

from catalog.elements import Quality, Reason
from wire.limits import AHEAD_MS
from wire.refusal import Refused, kind_of

MAX_TS_CHARS = 64

# RFC 3339 section 5.6; it allows a blank for the T, and lower case.
_RFC3339 = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}):([0-9]{2})(?:\.([0-9]+))?"
    r"(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Window(NamedTuple):
    """Arrival, and the times that are usable for what arrived then: [oldest, newest]. Milliseconds
    since the epoch.
    """

    arrived_at_ms: int
    oldest_ms: int
    newest_ms: int


def window(arrived_at_ms: int, oldest_ts_ms: int) -> Window:
    """The window of a message. `oldest_ts_ms` is where raw retention ends."""
    return Window(arrived_at_ms, oldest_ts_ms, arrived_at_ms + AHEAD_MS)


def resolve(ts: Any, age_ms: Any, usable: Window) -> tuple[int, int, int | float | str | None]:
    """`(ts_ms, quality, device_ts)` of an element that says `ts` and `age_ms`; None stands for
    absent.

    `device_ts` is what the device said when that was not used. Raises Refused (bad_ts) for what is
    no time at all, and for an age that reaches further back than anything is kept.
    """
    age = _age(age_ms)
    if ts is not None:
        said = milliseconds(ts)
        if usable.oldest_ms <= said <= usable.newest_ms:
            return said, 0, None
    resolved = usable.arrived_at_ms - age
    if resolved < usable.oldest_ms:
        raise Refused(Reason.BAD_TS, "age_ms: reaches further back than readings are kept")
    return resolved, Quality.CLOCK.value, ts


def milliseconds(ts: Any) -> int:
    """`ts` as milliseconds since the epoch, UTC: a whole number, or RFC 3339. Raises Refused
    (bad_ts).
    """
    given = type(ts)
    if given is int:
        return int(ts)
    if given is float and ts.is_integer():
        return int(ts)
    if given is str:
        return _parse(ts)
    got = "a fraction" if given is float else kind_of(ts)
    raise Refused(Reason.BAD_TS, f"ts: expected whole milliseconds or RFC 3339, got {got}")


def _parse(text: str) -> int:
    match = _RFC3339.fullmatch(text) if len(text) <= MAX_TS_CHARS else None
    if match is None:
        raise Refused(Reason.BAD_TS, "ts: a string that is not RFC 3339")
    day, minute, second, fraction, sign, hours, minutes = match.groups()
    try:
        at = datetime.fromisoformat(f"{day}T{minute}+00:00")
    except ValueError:
        raise Refused(Reason.BAD_TS, "ts: a string that names no day and time") from None
    seconds, offset_min = int(second), 0
    if sign is not None:
        offset_min = (int(hours) * 60 + int(minutes)) * (-1 if sign == "-" else 1)
    # 60 is a leap second: it is counted as the first of the next minute, as POSIX time does.
    if seconds > 60 or abs(offset_min) >= 24 * 60 or int(minutes or 0) >= 60:
        raise Refused(Reason.BAD_TS, "ts: a string that names no day and time")
    since = at - _EPOCH
    whole = since.days * 86_400 + since.seconds + seconds - offset_min * 60
    return whole * 1000 + int(f"{fraction or ''}000"[:3])


def _age(age_ms: Any) -> int:
    if age_ms is None:
        return 0
    whole = type(age_ms) is int or (type(age_ms) is float and age_ms.is_integer())
    if not whole or age_ms < 0:
        raise Refused(Reason.BAD_TS, "age_ms: expected whole milliseconds, 0 or more")
    return int(age_ms)
