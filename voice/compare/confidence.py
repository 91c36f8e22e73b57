"""How sure a verdict is, in one word: the doubts are counted. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from voice.claims.model import Claim
from voice.compare.judging import Finding
from voice.compare.record import Counted, Record, Share
from voice.compare.verdict import Confidence

MANY_RUNS: Final = 5
FEW_RUNS: Final = 3
FULL_PERIODS: Final = 3
WELL_HEARD, PARTLY_HEARD = 0.9, 0.7
SURE_READING, FAIR_READING = 0.8, 0.5


def confidence(claim: Claim, record: Record, found: Finding) -> Confidence:
    """No doubt is high, one or two medium, more low; where nothing can be told it is low."""
    if found.answer == "cannot_tell":
        return "low"
    doubts = sum(_doubts(claim, record, found))
    return "high" if doubts == 0 else "medium" if doubts <= 2 else "low"


def _doubts(claim: Claim, record: Record, found: Finding) -> Iterator[int]:
    coverage = record.coverage or 0.0
    yield (coverage < WELL_HEARD) + (coverage < PARTLY_HEARD)
    yield (claim.confidence < SURE_READING) + (claim.confidence < FAIR_READING)
    yield claim.hedged and found.answer != "agrees"
    yield found.counter_differs
    yield found.lately and found.answer != "agrees"
    if isinstance(record.about, Counted):
        yield not record.own_window and len(record.about.parts) < FULL_PERIODS
        yield found.rank is None and _may_be_chance(found)
    else:
        of = found.of if isinstance(record.about, Share) and found.of is not None else found.n
        if found.interval is not None:
            yield (of < MANY_RUNS) + (of < FEW_RUNS)
            yield _may_be_chance(found)


def _may_be_chance(found: Finding) -> bool:
    """Whether what is usual may well agree although these figures do not, or the other way round."""
    if found.interval is None:
        return False
    low, high = found.interval
    if found.answer == "agrees":
        return high < found.agreed.low or low > found.agreed.high
    return low <= found.agreed.high and high >= found.agreed.low
