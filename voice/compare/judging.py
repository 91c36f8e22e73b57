"""The claim beside the record: what is true, within which bounds, and what that makes of the claim. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import timedelta
from statistics import fmean, median
from typing import Final

from voice.claims.model import Claim
from voice.compare.record import Counted, Elapsed, Lengths, Level, Record, Share
from voice.compare.thresholds import Thresholds
from voice.compare.tolerance import Allowed, allowed, bounds, direction, named
from voice.compare.verdict import Answer, Why
from voice.figures import Bounds
from voice.intervals import habit, median_interval, quantile, wilson

_EPSILON: Final = 1e-9
_ANYTHING: Final = Allowed(0.0, math.inf)
MINUTES_A_DAY: Final = 24 * 60


@dataclass(frozen=True, slots=True)
class Finding:
    """What a judgement found."""

    answer: Answer
    why: Why = "compared"
    value: float | None = None
    low: float | None = None
    high: float | None = None
    """Between these it truly was; None: no bound."""
    interval: tuple[float, float] | None = None
    n: float = 0
    of: float | None = None
    agreed: Allowed = _ANYTHING
    rank: float | None = None
    true_of: int | None = None
    """Of runs: how many were as claimed."""
    counter_differs: bool = False
    lately: bool = False
    """The last few periods alone would agree."""


def unheard(record: Record, t: Thresholds) -> bool:
    """Whether too little was heard to tell anything. No telemetry is not zero use."""
    return record.coverage is None or record.coverage * 100 < t.coverage_pct - _EPSILON


def placed(low: float, high: float, agreed: Allowed) -> Answer:
    """Where the truth, somewhere in [low, high], lies beside what agrees."""
    if low > agreed.high * (1 + _EPSILON):
        return "understates"
    if high < agreed.low * (1 - _EPSILON):
        return "overstates"
    if low >= agreed.low * (1 - _EPSILON) and high <= agreed.high * (1 + _EPSILON):
        return "agrees"
    return "cannot_tell"


def _found(answer: Answer, finding: Finding) -> Finding:
    why: Why = "bounds_straddle" if answer == "cannot_tell" else "compared"
    return replace(finding, answer=answer, why=why)


# ---- counts by period ------------------------------------------------------------------------------------------


def counted(claim: Claim, record: Record, about: Counted, t: Thresholds) -> Finding:
    """Uses, faults, doses missed, items, or minutes, a period."""
    if not about.parts or about.periods <= 0:
        return Finding("cannot_tell", "too_short")
    counts = [part.count for part in about.parts]
    total = sum(counts)
    mean = total / about.periods
    agreed = allowed(claim, t)
    coverage = min(record.coverage or 0.0, 1.0)
    if unheard(record, t):
        return Finding("cannot_tell", "few_heard", mean, mean, None, n=total, agreed=agreed)
    least, most, differs = _bounded(total, coverage, about.counter)
    low, high = least / about.periods, most / about.periods
    found = Finding(
        "cannot_tell", "compared", mean, low, high,
        habit(counts, about.periods), total, agreed=agreed, counter_differs=differs,
    )  # fmt: skip
    if claim.low is None and claim.high is None:
        return _vague(claim, about, found, t)
    match named(claim):
        case "never":
            found = replace(found, agreed=Allowed(0.0, 0.0))
            return _found("contradicts" if low > _EPSILON else placed(low, high, found.agreed), found)
        case "every_day" if _are_days(about):
            return _every_day(about, found, t)
    few = counts[-t.periods :]
    lately = len(few) < len(counts) and placed(sum(few) / len(few), sum(few) / len(few), agreed) == "agrees"
    return _found(placed(low, high, agreed), replace(found, lately=lately))


def _bounded(total: float, coverage: float, counter: Bounds | None) -> tuple[float, float, bool]:
    """How many there truly were: of those heard up to what they are in the unheard time, or what a counter says."""
    low, high = total, total / coverage
    if counter is None:
        return low, high, False
    if counter.high is not None and counter.high < total * (1 - _EPSILON):
        return low, high, True
    low = max(low, counter.low)
    if counter.high is not None:
        # Also where it counts more than uses: it is a bound, the extrapolation is a guess.
        high = counter.high
    return low, max(low, high), False


def _vague(claim: Claim, about: Counted, found: Finding, t: Thresholds) -> Finding:
    if about.rank is None:
        return replace(found, why="no_rank")
    below, edge = about.rank.below, t.rank_pct / 100
    found = replace(found, rank=below)
    match direction(claim.quote):
        case "rarely":
            answer: Answer = "contradicts" if below > 1 - edge else "agrees"
        case "often":
            answer = "contradicts" if below < edge else "agrees"
        case "sometimes":
            answer = "agrees" if edge <= below <= 1 - edge else "cannot_tell"
        case _:
            return replace(found, why="no_rank")
    return _found(answer, found)


def _are_days(about: Counted) -> bool:
    """Whether its parts are the days of a week at least."""
    return len(about.parts) >= 7 and all(part.until - part.since < timedelta(days=2) for part in about.parts)


def _every_day(about: Counted, found: Finding, t: Thresholds) -> Finding:
    days = len(about.parts)
    used = sum(part.count > 0 for part in about.parts)
    perhaps = sum(part.count <= 0 and (part.coverage or 0.0) < 1 - _EPSILON for part in about.parts)
    wanted = t.every_day_of_7 / 7
    found = replace(
        found, value=used / days, low=used / days, high=(used + perhaps) / days, n=used, of=days,
        interval=wilson(used, days), agreed=Allowed(wanted, math.inf),
    )  # fmt: skip
    return _found(placed(used / days, (used + perhaps) / days, found.agreed), found)


# ---- lengths ---------------------------------------------------------------------------------------------------


def lengths(claim: Claim, record: Record, about: Lengths, t: Thresholds) -> Finding:
    """Of runs, sessions or charges: the median, and of how many the claim is true. `claim.unit`: min or day."""
    scale = MINUTES_A_DAY if claim.unit == "day" else 1
    agreed = allowed(claim, t)
    values = sorted(value / scale for value in about.values)
    if unheard(record, t):
        return Finding("cannot_tell", "few_heard", n=len(values), agreed=agreed)
    if not values:
        return _longer(about, scale, agreed)
    coverage = min(record.coverage or 0.0, 1.0)
    # Of all runs a share `coverage` was heard; the others may have been shorter or longer than any of these.
    reach = 0.5 / coverage
    low, high = quantile(values, 1 - reach), quantile(values, reach)
    found = Finding(
        "cannot_tell", "compared", median(values), low, high, median_interval(values), len(values), agreed=agreed,
        true_of=sum(agreed.low * (1 - _EPSILON) <= v <= agreed.high * (1 + _EPSILON) for v in values),
    )  # fmt: skip
    answer = placed(low, high, agreed)
    if claim.topic == "usage_duration" and answer != "agrees":
        # Few long ones among many short: who says how long it takes may mean the mean as well as the usual.
        mean = fmean(values)
        by_mean = placed(mean, mean, agreed)
        answer = answer if by_mean == answer else "agrees" if by_mean == "agrees" else "cannot_tell"
    if claim.topic == "battery_runtime" and answer in ("understates", "overstates") and not found.true_of:
        answer = "contradicts"
    return _found(answer, found)


def _longer(about: Lengths, scale: float, agreed: Allowed) -> Finding:
    """None is known to have ended: one that went on for longer than claimed still answers."""
    least = max((value / scale for value in about.longer), default=None)
    if least is None:
        return Finding("cannot_tell", "nothing", agreed=agreed)
    found = Finding("cannot_tell", "compared", None, least, None, n=len(about.longer), agreed=agreed, true_of=0)
    if least > agreed.high * (1 + _EPSILON):
        return replace(found, answer="contradicts")
    return _found("agrees" if math.isinf(agreed.high) and least >= agreed.low else "cannot_tell", found)


# ---- shares ----------------------------------------------------------------------------------------------------


def shares(claim: Claim, record: Record, about: Share, t: Thresholds) -> Finding:
    """Doses taken of those prescribed, runs with a fault: in percent, compared in percentage points."""
    total = about.of + about.unheard
    if total <= 0:
        return Finding("cannot_tell", "nothing", agreed=allowed(claim, t))
    low, high = 100 * about.hits / total, min(100.0, 100 * (about.hits + about.unheard) / total)
    value = 100 * about.hits / about.of if about.of else None
    less, more = wilson(about.hits, about.of)
    agreed = allowed(claim, t)
    name = named(claim)
    if name == "every_dose":
        agreed = Allowed(float(t.every_dose_pct), math.inf)
    elif name == "never":
        agreed = Allowed(0.0, 0.0)
    found = Finding(
        "cannot_tell", "compared", value, low, high, (100 * less, 100 * more), about.hits, about.of, agreed
    )  # fmt: skip
    if unheard(record, t):
        return replace(found, why="few_heard")
    if name == "never" and about.hits > 0:
        return replace(found, answer="contradicts")
    return _found(placed(low, high, agreed), found)


# ---- what is there ---------------------------------------------------------------------------------------------


def level(claim: Claim, record: Record, about: Level, t: Thresholds) -> Finding:
    """Items, or the share of the most there ever was."""
    scale = 1.0
    if claim.unit == "percent":
        if not about.capacity:
            return Finding("cannot_tell", "nothing", agreed=allowed(claim, t))
        scale = 100 / about.capacity
    low, high, agreed = about.lowest * scale, about.highest * scale, allowed(claim, t)
    found = Finding("cannot_tell", "compared", about.value * scale, low, high, n=1, agreed=agreed)
    if unheard(record, t):
        return replace(found, why="few_heard")
    if named(claim) == "never":
        return replace(found, answer="contradicts" if low > _EPSILON else "agrees", agreed=Allowed(0.0, 0.0))
    # Whoever looked did so at one time of these hours: any level within them may be what was seen.
    if high >= agreed.low * (1 - _EPSILON) and low <= agreed.high * (1 + _EPSILON):
        return replace(found, answer="agrees")
    return replace(found, answer=placed(low, high, agreed))


# ---- time that has passed --------------------------------------------------------------------------------------


def elapsed(claim: Claim, record: Record, about: Elapsed, t: Thresholds) -> Finding:
    """Days since the last use, or since a fault began."""
    claim = in_days(claim)
    agreed = allowed(claim, t)
    found = Finding("cannot_tell", "compared", about.high, about.low, about.high, n=1, agreed=agreed)
    if unheard(record, t):
        return replace(found, why="few_heard")
    if about.low is None:
        return _never(claim, record, found)
    high = math.inf if about.high is None else about.high
    answer = placed(about.low, high, agreed)
    days = _whole_days(about)
    if days is not None and (agreed.low <= days[0] <= agreed.high or agreed.low <= days[1] <= agreed.high):
        answer = "agrees"
    elif days is not None and answer == "cannot_tell" and about.high is not None and about.high - about.low < 1:
        # The bounds lie within one day: it is the claim that lies between two of the same day.
        answer = placed(days[1], days[1], agreed)
    if claim.topic == "fault_since" and about.working and answer in ("agrees", "overstates"):
        answer = "contradicts"
    return _found(answer, found)


def in_days(claim: Claim) -> Claim:
    """A fault may be told in minutes; time that has passed is compared in days."""
    if claim.unit != "min":
        return claim
    low, high = (None if v is None else v / MINUTES_A_DAY for v in (claim.low, claim.high))
    return replace(claim, low=low, high=high, unit="day")


def _whole_days(about: Elapsed) -> tuple[float, float] | None:
    """As people count: full days gone by, and nights slept. Only of a moment that is known."""
    if about.calendar_days is None or about.low is None or about.high is None or about.high - about.low >= 1:
        return None
    return math.floor(about.high), about.calendar_days


def _never(claim: Claim, record: Record, found: Finding) -> Finding:
    if claim.topic == "fault_since":
        return replace(found, answer="contradicts", n=0)
    # Never used in all the time it is known: at least that long ago.
    known = (record.until - record.since).total_seconds() / 86_400
    agreed = bounds(claim)
    found = replace(found, value=None, low=known, high=None, n=0)
    if known > found.agreed.high:
        return replace(found, answer="understates")
    return _found("agrees" if known >= agreed.low and math.isinf(agreed.high) else "cannot_tell", found)


_OPPOSITE: Final[dict[Answer, Answer]] = {
    "agrees": "contradicts",
    "understates": "agrees",
    "overstates": "agrees",
    "contradicts": "agrees",
    "cannot_tell": "cannot_tell",
}


def denied(finding: Finding) -> Finding:
    """What is found of a claim that denies its figure: a denied claim that is true is contradicted."""
    return replace(finding, answer=_OPPOSITE[finding.answer])
