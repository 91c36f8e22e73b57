"""What was said and what was reported in one picture: shapes and places, which a template draws as SVG. Pure.

Time runs from left to right in every language. Nothing is told by colour alone: what is said is a band between two
lines, what was heard is a filled bar, what may have happened unheard is a hatched one, silence is shaded.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, NamedTuple, TypeAlias

from api.statements.verdict_schemas import Judged, ReportedPeriod
from voice.claims.model import PER_DAYS

HEIGHT: Final = 250.0
WIDE, NARROW = 760.0, 350.0
TOP, LEFT, RIGHT, FOOT = 26.0, 40.0, 14.0, 42.0
"""Room around the plot: for the moment's mark, the figures, and below it the coverage and the periods' names."""
LABEL_WIDTH: Final = 84.0
MOMENT_WIDTH: Final = 46.0
COUNTS_UP_TO: Final = 16
"""Bars that are each labelled with their figure on a wide picture."""
LONGER: Final = 1.5
"""A period so much longer than the claim's is told as a rate."""
LEAST_HEARD: Final = 0.5
"""Share of a period below which nothing is read into its silence."""
_WHOLE: Final = 1 - 1e-6

_Across: TypeAlias = Callable[[datetime], float]
_Up: TypeAlias = Callable[[float], float]


class Box(NamedTuple):
    """A rectangle, in units of the picture."""

    x: float
    y: float
    width: float
    height: float


class Tick(NamedTuple):
    """A line across at a value."""

    y: float
    value: float


class Bar(NamedTuple):
    """What was counted in one period."""

    period: ReportedPeriod
    value: float
    """In the claim's unit and period."""
    heard: Box
    unheard: Box | None
    """On top: what may have happened while it was not heard."""
    coverage: Box
    """The part of the strip below that is filled: as long as the share that was heard, where it is not known when."""
    strip: Box
    middle: float
    named: bool
    """Whether there is room for its name."""
    counted: bool
    """Whether its figure is written at it: there is room, and it is not the zero of a time that was not heard."""
    dark: Box | None
    """All of the period, where too little of it was heard to tell anything."""


class Band(NamedTuple):
    """What one claim says, over the time that it was compared with."""

    number: int
    low: float | None
    high: float | None
    box: Box
    allowed: Box | None
    """With its tolerance."""
    open_above: bool
    denied: bool
    moment: float
    """Where it was said."""
    named: bool
    """Whether there is room for its number there."""


@dataclass(frozen=True, slots=True)
class Voice:
    """One claim to be drawn: its verdict, the number it is called by, and when it was said."""

    number: int
    verdict: Judged
    said_at: datetime
    device: str | None = None
    """The unit it is about; None: all of theirs."""


@dataclass(frozen=True, slots=True)
class Chart:
    """One picture at one width."""

    width: float
    height: float
    plot: Box
    ticks: Sequence[Tick]
    bars: Sequence[Bar]
    bands: Sequence[Band]
    gaps: Sequence[Box]
    silent: Sequence[Box]
    """The same on the strip below."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Claims of one kind, each a band, and the counts of every period they were compared with."""

    topic: str
    unit: str
    per: str | None
    device: str | None
    voices: list[Voice]
    periods: list[ReportedPeriod]
    gaps: list[tuple[datetime, datetime]] = field(default_factory=list)

    @property
    def span(self) -> tuple[datetime, datetime]:
        """The time it shows."""
        start = min(period.from_ for period in self.periods)
        end = max(*(period.to for period in self.periods), *(voice.said_at for voice in self.voices))
        return start, end

    def charts(self) -> tuple[Chart, Chart]:
        """Drawn wide, and narrow for a telephone."""
        return _drawn(self, WIDE), _drawn(self, NARROW)


def of_periods(voices: Iterable[Voice]) -> list[Picture]:
    """Pictures of those claims whose verdicts have periods; claims of one kind about one unit share one as long as
    their periods fit together. Of a period that several know, the last voice is believed: give the oldest first.
    """
    found: list[Picture] = []
    for voice in voices:
        periods = _merged(voice.verdict)
        if not periods:
            continue
        claim = voice.verdict.claim
        kind = (claim.topic, claim.unit, claim.per, voice.device)
        for picture in found:
            if (picture.topic, picture.unit, picture.per, picture.device) == kind and _fit(picture.periods, periods):
                known = {(one.from_, one.to): one for one in [*picture.periods, *periods]}
                picture.periods[:] = [known[place] for place in sorted(known)]
                picture.voices.append(voice)
                break
        else:
            found.append(Picture(*kind, [voice], list(periods)))
    return found


def _merged(verdict: Judged) -> list[ReportedPeriod]:
    """Its periods; of a claim without a period the whole of them, for that is what it speaks of."""
    periods = sorted(verdict.reported.periods, key=lambda one: one.from_)
    if verdict.claim.per is not None or len(periods) < 2:
        return periods
    whole = {
        "from": periods[0].from_,
        "to": periods[-1].to,
        "label": "",
        "count": sum(one.count for one in periods),
        "coverage": verdict.reported.coverage,
    }
    return [ReportedPeriod.model_validate(whole)]


def _fit(there: Sequence[ReportedPeriod], more: Sequence[ReportedPeriod]) -> bool:
    """Whether each of `more` is one that is `there`, or touches none of them; those that are there are in order."""
    places = {(one.from_, one.to) for one in there}
    starts = [one.from_ for one in there]
    for one in more:
        before = bisect_left(starts, one.to)
        if (one.from_, one.to) not in places and before and there[before - 1].to > one.from_:
            return False
    return True


def _drawn(picture: Picture, width: float) -> Chart:
    plot = Box(LEFT, TOP, width - LEFT - RIGHT, HEIGHT - TOP - FOOT)
    start, end = picture.span
    length = (end - start).total_seconds() * 1.02 or 1.0

    def across(moment: datetime) -> float:
        return plot.x + plot.width * min(max((moment - start).total_seconds() / length, 0.0), 1.0)

    values = [_rate(period, picture.per) for period in picture.periods]
    highest = [_possible(value, one.coverage) for value, one in zip(values, picture.periods, strict=True)]
    for voice in picture.voices:
        said = voice.verdict.claim
        highest += [end for end in (said.low, said.high) if end is not None]
    most = max(highest) or 1.0
    step = step_of(most)
    top = step * math.ceil(most / step + 0.15)

    def up(value: float) -> float:
        return plot.y + plot.height * (1 - min(value, top) / top)

    last_named = -math.inf
    bars = []
    for period, value in zip(picture.periods, values, strict=True):
        left, right = across(period.from_), across(period.to)
        middle = (left + right) / 2
        named = middle - last_named >= LABEL_WIDTH and plot.x + 14 <= middle <= plot.x + plot.width - 14
        last_named = middle if named else last_named
        bars.append(_bar(period, value, left, right, up, plot, named, width, len(values)))
    ticks = [Tick(up(step * n), step * n) for n in range(round(top / step) + 1)]
    bands: list[Band] = []
    for voice in reversed(picture.voices):  # the newest has its number first
        taken = [band.moment for band in bands if band.named]
        bands.append(_band(voice, across, up, plot, taken))
    gaps = [
        Box(across(since), plot.y, across(until) - across(since), plot.height)
        for since, until in picture.gaps
        if until > start and since < end and across(until) - across(since) >= 0.5
    ]
    silent = [
        Box(left, bar.strip.y, right - left, bar.strip.height)
        for gap in gaps
        for bar in bars
        if (left := max(gap.x, bar.strip.x)) < (right := min(gap.x + gap.width, bar.strip.x + bar.strip.width))
    ]
    if gaps:  # it is known when
        bars = [bar._replace(coverage=bar.strip) for bar in bars]
    return Chart(width, HEIGHT, plot, ticks, bars, bands, gaps, silent)


def _bar(
    period: ReportedPeriod,
    value: float,
    left: float,
    right: float,
    up: _Up,
    plot: Box,
    named: bool,
    width: float,
    bars: int,
) -> Bar:
    room = right - left
    inset = min(room * 0.15, 14.0)
    x, wide = left + inset, max(room - 2 * inset, 0.8)
    foot = plot.y + plot.height
    heard = Box(x, up(value), wide, foot - up(value))
    possible = _possible(value, period.coverage)
    unheard = Box(x, up(possible), wide, up(value) - up(possible)) if possible > value else None
    strip = Box(left + min(room * 0.05, 2.0), foot + 6, max(room - 2 * min(room * 0.05, 2.0), 0.5), 7)
    covered = strip._replace(width=strip.width * min(max(period.coverage or 0.0, 0.0), 1.0))
    counted = bars <= (COUNTS_UP_TO if width > NARROW else COUNTS_UP_TO // 2)
    dark = Box(left, plot.y, room, plot.height) if (period.coverage or 0.0) < LEAST_HEARD else None
    counted = counted and (dark is None or value > 0)
    return Bar(period, value, heard, unheard, covered, strip, (left + right) / 2, named, counted, dark)


def _band(voice: Voice, across: _Across, up: _Up, plot: Box, taken: Sequence[float]) -> Band:
    verdict = voice.verdict
    claim, window = verdict.claim, verdict.reported.window
    left, right = across(window.from_), max(across(window.to), across(voice.said_at))
    low, high = claim.low, claim.high
    vague = low is None and high is None
    box = Box(left, plot.y, right - left, 0.0)
    allowed = None
    if not vague:
        upper, lower = plot.y if high is None else up(high), up(low or 0.0)
        box = Box(left, upper, right - left, lower - upper)
        least, most = verdict.allowed
        wide_upper, wide_lower = plot.y if most is None else up(most), up(least or 0.0)
        if wide_upper < upper - 0.5 or wide_lower > lower + 0.5:
            allowed = Box(left, wide_upper, right - left, wide_lower - wide_upper)
    moment = across(voice.said_at)
    named = all(abs(moment - other) >= MOMENT_WIDTH for other in taken)
    return Band(voice.number, low, high, box, allowed, high is None, claim.negated, moment, named)


def _rate(period: ReportedPeriod, per: str | None) -> float:
    """The count in the claim's period, where the one counted in is much longer."""
    days = (period.to - period.from_) / timedelta(days=1)
    if per is None or days <= LONGER * PER_DAYS[per]:
        return period.count
    return period.count * PER_DAYS[per] / days


def _possible(value: float, coverage: float | None) -> float:
    """How many there were if the silence was like the rest."""
    return value / coverage if coverage is not None and LEAST_HEARD <= coverage < _WHOLE else value


def step_of(highest: float) -> float:
    """A round step that makes about four lines."""
    rough = max(highest, 1e-9) / 4
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * size for factor in (1, 2, 5, 10) if factor * size >= rough * 0.999)
    return max(step, 1.0) if highest >= 2 else step
