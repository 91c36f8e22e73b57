"""How far beside a claim the truth may lie and the claim still be right. Pure."""

from __future__ import annotations

import math
import re
from typing import Final, Literal, NamedTuple, TypeAlias

from voice.claims.model import Claim
from voice.compare.thresholds import Thresholds

Named: TypeAlias = Literal["never", "every_day", "every_dose", "always"]
Direction: TypeAlias = Literal["rarely", "often", "sometimes"]

_ROUND_OF_DAYS: Final = (7, 30, 365)
"""Whole weeks, months and years are round figures of days, as the claims' guideline counts them."""


class Allowed(NamedTuple):
    """What agrees: from `low` to `high`, infinite where the claim names no bound."""

    low: float
    high: float

    def as_json(self) -> tuple[float | None, float | None]:
        """Without infinities, which JSON has not."""
        return self.low, None if math.isinf(self.high) else self.high


def bounds(claim: Claim) -> Allowed:
    """The claim's own interval."""
    return Allowed(claim.low or 0.0, math.inf if claim.high is None else claim.high)


def allowed(claim: Claim, t: Thresholds) -> Allowed:
    """The interval with its tolerance: a factor, or percentage points of a share."""
    low, high = bounds(claim)
    if claim.unit == "percent":
        points = t.share_hedged_points if claim.hedged else t.share_exact_points
        return Allowed(max(0.0, low - points), math.inf if math.isinf(high) else min(100.0, high + points))
    by = factor(claim, t)
    return Allowed(low / by, high * by)


def factor(claim: Claim, t: Thresholds) -> float:
    """The largest tolerance that applies (docs/comparison.md)."""
    if claim.hedged:
        pct = max(t.factor_hedged_pct, t.factor_range_pct, t.factor_exact_pct)
    elif _is_range(claim) or _is_round(claim):
        pct = max(t.factor_range_pct, t.factor_exact_pct)
    else:
        pct = t.factor_exact_pct
    return pct / 100


def _is_range(claim: Claim) -> bool:
    return bool(claim.low) and claim.high is not None and claim.low != claim.high


def _is_round(claim: Claim) -> bool:
    said = claim.high if not claim.low else claim.low
    if not said:
        return False
    return said % 5 == 0 or (claim.unit == "day" and any(said % whole == 0 for whole in _ROUND_OF_DAYS))


# "Every day" is a threshold, "once a day" is a figure; the interval is the same, the words tell.
_EVERY: Final = re.compile(r"\b(?:every|each|daily|nightly)\b|هر|روزانه|همه|har\b|rooz")


def named(claim: Claim) -> Named | None:
    """Which words with a meaning of their own, without a factor, the claim stands for; None: it is a figure."""
    if claim.hedged or claim.low is None:
        return None
    if claim.high == 0 and claim.topic not in ("last_used", "fault_since"):
        return "never"
    if claim.unit == "percent" and claim.low == 100:
        return "every_dose" if claim.topic == "adherence" else "always"
    if (
        claim.topic == "usage_frequency"
        and (claim.low, claim.high, claim.per) == (1, 1, "day")
        and _EVERY.search(claim.quote.casefold())
    ):
        return "every_day"
    return None


_WORDS: Final[tuple[tuple[Direction, tuple[str, ...]], ...]] = (
    (
        "rarely",
        (
            "rarely", "seldom", "hardly", "barely", "scarcely", "not often", "not much", "blue moon", "not a lot",
            "not very often", "infrequent", "به ندرت", "بندرت", "ندرتا", "خیلی کم", "کم پیش", "کمتر", "خیلی زیاد نه",
            "be nodrat", "kheili kam",
        ),
    ),
    (
        "sometimes",
        (
            "sometimes", "now and then", "now and again", "occasional", "once in a while", "from time to time",
            "every so often", "گاهی", "گهگاه", "بعضی وقت", "هر از گاه", "گاه", "یه وقت", "gahi",
        ),
    ),
    (
        "often",
        (
            "often", "a lot", "all the time", "constantly", "frequent", "always", "regularly", "loads", "plenty",
            "non-stop", "nonstop", "much", "keeps", "زیاد", "خیلی", "مدام", "همیشه", "همه‌ش", "همش", "اغلب", "مرتب",
            "مکرر", "بیشتر وقت", "بیشتر اوقات", "دائم", "پشت سر هم", "kheili", "ziad", "hamishe",
        ),
    ),
)  # fmt: skip
"""In this order: "hardly ever a lot" is rarely, «خیلی کم» is no «خیلی»."""


def direction(quote: str) -> Direction | None:
    """What a vague word points to; None: it is none we know."""
    text = " ".join(quote.casefold().replace("\u200c", " ").replace("ي", "ی").replace("ك", "ک").split())
    return next((d for d, words in _WORDS if any(word.replace("\u200c", " ") in text for word in words)), None)
