"""Whose use is falling, and who has stopped. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Literal, NamedTuple, TypeAlias

from store.insight.reading import Weeks
from voice.insight.ratios import rate_ratio
from voice.insight.thresholds import Thresholds
from voice.intervals import dispersion

How: TypeAlias = Literal["falling", "stopped"]


class Falling(NamedTuple):
    """A customer who uses a product less than before, though it was heard."""

    customer_id: int
    customer: str
    name: str
    product: str
    devices: Sequence[str]
    how: How
    before: float
    """Uses a week."""
    now: float
    share: float
    """Now by before."""
    low: float
    high: float
    """99 % interval of the share, wider where weeks vary more than by chance."""
    weeks: tuple[tuple[date, int, float], ...]
    """First day, uses, share of the week heard."""


def falling(found: Iterable[Weeks], recent: date, t: Thresholds) -> list[Falling]:
    """Those whose use has fallen beyond doubt; who lost most uses a week first."""
    told = [one for each in found if (one := _of(each, recent, t)) is not None]
    return sorted(told, key=lambda one: (one.now - one.before, one.customer, one.product))


def _of(each: Weeks, recent: date, t: Thresholds) -> Falling | None:
    weeks = tuple(zip(each.weeks, each.uses, each.heard, strict=True))
    told = [week for week in weeks if week[2] * 100 >= t.coverage_pct]
    before = [week for week in told if week[0] < recent]
    now = [week for week in told if week[0] >= recent]
    # Most weeks of both, or it is the silence that one would see.
    if len(before) * 2 < t.before_weeks or len(now) * 2 < t.recent_weeks:
        return None
    was, is_ = sum(week[1] for week in before), sum(week[1] for week in now)
    heard_before, heard_now = sum(week[2] for week in before), sum(week[2] for week in now)
    if was == 0:
        return None
    spread = dispersion([week[1] / week[2] for week in before])
    ratio = rate_ratio(round(is_ / spread), heard_now, max(round(was / spread), 1), heard_before)
    share = is_ / heard_now / (was / heard_before)
    if ratio.high is None or ratio.high >= 1 or share * 100 > t.fallen_to_pct:
        return None
    return Falling(
        each.customer_id, each.customer, each.name, each.product, each.devices, "stopped" if is_ == 0 else "falling",
        was / heard_before, is_ / heard_now, share, ratio.low, ratio.high, weeks,
    )  # fmt: skip
