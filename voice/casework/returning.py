"""Whether a claim says again what a case was about. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

from voice.claims.model import PER_DAYS, Claim

MORE_IS_WORSE: Final = frozenset({"fault_frequency", "missed_doses"})
LESS_IS_WORSE: Final = frozenset({"battery_runtime", "adherence", "stock_level"})


def comes_back(before: Iterable[Claim], now: Iterable[Claim]) -> Claim | None:
    """The first claim of `now` that says the same as one of `before`, or worse; None: there is none.

    A claim of another topic is another matter, and so is "never" or "not any more" about a fault: it tells that the
    fix holds. A vague word ("often") says the same as any figure of its topic.
    """
    known = list(before)
    return next((claim for claim in now if any(_again(old, claim) for old in known)), None)


def _again(old: Claim, new: Claim) -> bool:
    if old.topic != new.topic or old.negated != new.negated or _says_none(new):
        return False
    if new.topic == "fault_since" or _vague(old) or _vague(new):
        return True  # who says since when a fault is there says that it is there
    if old.unit != new.unit:
        return False
    old_low, old_high = _range(old)
    new_low, new_high = _range(new)
    if new.topic in MORE_IS_WORSE:
        return new_high >= old_low
    if new.topic in LESS_IS_WORSE:
        return new_low <= old_high
    return new_low <= old_high and old_low <= new_high


def _vague(claim: Claim) -> bool:
    return claim.low is None and claim.high is None


def _says_none(claim: Claim) -> bool:
    """Whether it says of a trouble that there was none."""
    return claim.topic in MORE_IS_WORSE and claim.high == 0 and not claim.negated


def _range(claim: Claim) -> tuple[float, float]:
    """Lowest and highest figure, a day where it has a period."""
    days = 1.0 if claim.per is None else PER_DAYS[claim.per]
    return (claim.low or 0.0) / days, (math.inf if claim.high is None else claim.high / days)
