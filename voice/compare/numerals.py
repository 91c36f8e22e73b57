"""Figures as people read them, in English and in Persian. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, Literal, TypeAlias

Language: TypeAlias = Literal["en", "fa"]
LANGUAGES: Final[tuple[Language, ...]] = ("en", "fa")

_PERSIAN: Final = str.maketrans("0123456789.,", "۰۱۲۳۴۵۶۷۸۹٫٬")
_FIRST_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"


def figure(value: float, language: Language) -> str:
    """A number with as many digits as it deserves: 3, 3.7, 0.25, 1,250."""
    rounded = _rounded(value)
    text = f"{rounded:,.2f}".rstrip("0").rstrip(".") if rounded % 1 else f"{rounded:,.0f}"
    return text.translate(_PERSIAN) if language == "fa" else text


def _rounded(value: float) -> float:
    if abs(value) >= 100:
        return float(round(value))
    return round(value, 1 if abs(value) >= 1 else 2)


def percent(value: float, language: Language) -> str:
    """Of 0 to 100: "71 %", «۷۱٪»."""
    # 99.6 % of the time is not all of it.
    whole = math.floor(value) if 99 < value < 100 else math.ceil(value) if 0 < value < 1 else round(value)
    return f"{figure(whole, 'fa')}٪" if language == "fa" else f"{figure(whole, 'en')} %"


def span(low: float | None, high: float | None, language: Language) -> str:
    """An interval in words: "3", "2 to 3", "at least 2", "at most 3"."""
    if low is not None and high is not None and low == high:
        return figure(low, language)
    if high is None:
        return f"{'at least' if language == 'en' else 'دست‌کم'} {figure(low or 0.0, language)}"
    if not low:
        return f"{'at most' if language == 'en' else 'حداکثر'} {figure(high, language)}"
    return f"{figure(low, language)} {'to' if language == 'en' else 'تا'} {figure(high, language)}"


def listed(values: Sequence[float], language: Language) -> str:
    """ "6, 5 and 7", «۶، ۵ و ۷»."""
    words = [figure(value, language) for value in values]
    if len(words) < 2:
        return "".join(words)
    comma, last = (", ", " and ") if language == "en" else ("، ", " و ")
    return comma.join(words[:-1]) + last + words[-1]


def quoted(text: str, language: Language) -> str:
    """Somebody's words, kept from turning the sentence around them: they may be of the other direction."""
    kept = f"{_FIRST_ISOLATE}{text}{_POP_ISOLATE}"
    return f"“{kept}”" if language == "en" else f"«{kept}»"
