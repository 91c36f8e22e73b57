"""What each figure is of, printed beside it: the same doses give other figures by another definition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple


class Definition(NamedTuple):
    """One, in both languages."""

    en: str
    fa: str


DEFINITIONS: Final[Mapping[str, Definition]] = {
    "taking": Definition(
        "Doses taken out of the dispenser, of those prescribed. What was taken beyond makes up for nothing.",
        "نوبت‌های برداشته‌شده از دستگاه، از نوبت‌های تجویزشده. برداشتِ بیش از تجویز چیزی را جبران نمی‌کند.",
    ),
    "dosing": Definition(
        "Days on which exactly as many as prescribed were taken, of the days something was due.",
        "روزهایی که درست به تعداد تجویزشده برداشته شد، از روزهایی که نوبتی در کار بود.",
    ),
    "timing": Definition(
        "Doses taken within their window, of those prescribed; a quarter of the interval before and after, "
        "unless the regimen names another.",
        "نوبت‌های برداشته‌شده در بازهٔ خود، از نوبت‌های تجویزشده؛ یک‌چهارم فاصله پیش و پس، مگر برنامه بازهٔ دیگری بگوید.",
    ),
    "holidays": Definition(
        "Days in a row without any dose though some were due, all of them known.",
        "روزهای پیاپی بدون هیچ نوبت، با آنکه نوبتی در کار بود و همه دانسته است.",
    ),
    "persistence": Definition(
        "From the first dose taken to the last before it was given up: no dose for so many days up to now.",
        "از نخستین نوبت برداشته‌شده تا آخرین نوبت پیش از رها کردن: تا اکنون این همه روز بدون هیچ نوبت.",
    ),
    "opening": Definition(
        "A dose taken out of the dispenser is not yet a dose swallowed.",
        "برداشتن از دستگاه هنوز خوردن نیست.",
    ),
}
"""Terms of the ABC taxonomy (Vrijens 2012) as EMERGE reports them (De Geest 2018)."""
