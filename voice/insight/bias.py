"""By how much people's figures differ from their products'. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from store.insight.reading import Said
from voice.intervals import median_interval, quantile, wilson

FEWEST_RATIOS: Final = 3
"""A median of fewer is not given."""
WORDS: Final = ("agrees", "understates", "overstates", "contradicts")


class Share(NamedTuple):
    """A share of what could be told, with Wilson's 95 % interval."""

    word: str
    n: int
    share: float
    low: float
    high: float


class Bias(NamedTuple):
    """The claims of one topic in one group beside what was reported."""

    topic: str
    value: str
    claims: int
    customers: int
    compared: int
    """With a verdict other than `cannot_tell`."""
    shares: tuple[Share, ...]
    ratios: int
    """Claims with a figure on both sides."""
    median: float | None
    """Of said by reported: above 1 more is said than happened."""
    low: float | None
    """95 % interval of the median."""
    high: float | None
    quarter: float | None
    """A quarter of the claims lie below this, and a quarter above `three_quarters`."""
    three_quarters: float | None


def bias(groups: Iterable[Said]) -> list[Bias]:
    """Each group's figures, in the order given."""
    return [_of(group) for group in groups]


def _of(group: Said) -> Bias:
    told = {word: group.words.get(word, 0) for word in WORDS}
    compared = sum(told.values())
    shares = tuple(Share(word, n, n / compared, *wilson(n, compared)) for word, n in told.items() if compared)
    n = len(group.ratios)
    spread: tuple[float | None, ...] = (None,) * 5
    if n >= FEWEST_RATIOS:
        middle = (quantile(group.ratios, share) for share in (0.25, 0.75))
        spread = (quantile(group.ratios, 0.5), *median_interval(group.ratios), *middle)
    return Bias(group.topic, group.value, group.claims, group.customers, compared, shares, n, *spread)
