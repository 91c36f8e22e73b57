"""A regimen that changes from a day on, or pauses for some: the versions that come of it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from store.regimens import Regimen


def changed(held: Sequence[Regimen], new: Regimen) -> list[Regimen]:
    """What holds when `new` does from its beginning on: what was before ends there, what was to come is off."""
    return [*_before(held, new.since), new]


def paused(held: Sequence[Regimen], since: datetime, until: datetime | None, reason: str | None) -> list[Regimen]:
    """What holds with a pause over `[since, until)`; afterwards goes on what held, or was to begin meanwhile.

    Every other day is then counted from the day it goes on.
    """
    pause = Regimen(since, until, (), reason=reason)
    if until is None:
        return [*_before(held, since), pause]
    after = [replace(one, since=max(one.since, until)) for one in held if one.until is None or one.until > until]
    return [*_before(held, since), pause, *after]


def _before(held: Sequence[Regimen], end: datetime) -> list[Regimen]:
    return [
        one if one.until is not None and one.until <= end else replace(one, until=end)
        for one in held
        if one.since < end
    ]
