"""What was said and what was reported on one scale, where time has no part in it: lengths, shares, levels. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from api.console.pictures import LEFT, NARROW, RIGHT, WIDE, Box, Tick, step_of
from api.statements.verdict_schemas import Judged


class Mark(NamedTuple):
    """A stretch, or a point, on the scale."""

    x: float
    width: float
    open: bool
    """No end is known."""


@dataclass(frozen=True, slots=True)
class Scale:
    """One claim beside what was reported, at one width."""

    width: float
    plot: Box
    ticks: Sequence[Tick]
    """Lines downwards: `y` is the place on the scale."""
    said: Mark
    allowed: Mark
    reported: Mark
    point: float | None
    """The one figure, where there is one."""


def scales(verdict: Judged) -> tuple[Scale, Scale] | None:
    """The claim on a scale, wide and narrow; None where a side has no figure."""
    claim, found = verdict.claim, verdict.reported
    if (claim.low is None and claim.high is None) or (found.value is None and found.low is None and found.high is None):
        return None
    return _scaled(verdict, WIDE), _scaled(verdict, NARROW)


def _scaled(verdict: Judged, width: float) -> Scale:
    claim, found = verdict.claim, verdict.reported
    value = found.value
    ends = [claim.low, claim.high, value, found.low, found.high]
    highest = max(end for end in ends if end is not None) or 1.0
    step = 25.0 if claim.unit == "percent" else step_of(highest)
    top = 100.0 if claim.unit == "percent" else step * math.ceil(highest / step + 0.15)
    plot = Box(LEFT / 2, 8.0, width - LEFT / 2 - RIGHT - 10, 78.0)

    def at(number: float) -> float:
        return plot.x + plot.width * min(max(number, 0.0), top) / top

    def mark(low: float | None, high: float | None) -> Mark:
        left, right = at(low or 0.0), plot.x + plot.width if high is None else at(high)
        return Mark(left, right - left, high is None)

    ticks = [Tick(at(step * n), step * n) for n in range(round(top / step) + 1)]
    least, most = verdict.allowed
    reported = mark(value, value) if found.low is None and found.high is None else mark(found.low, found.high)
    return Scale(
        width,
        plot,
        ticks,
        mark(claim.low, claim.high),
        mark(least, most),
        reported,
        None if value is None else at(value),
    )
