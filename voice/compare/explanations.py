"""Ways in which customer and product may both be right, for when they differ. Never an accusation. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from voice.claims.model import Claim
from voice.compare.judging import Finding
from voice.compare.record import Record
from voice.compare.verdict import Explanation, Text

TEXTS: Final[dict[str, tuple[str, str]]] = {
    "other_person": (
        "Somebody else in the household, or at work, may use it as well.",
        "شاید فرد دیگری در خانه یا محل کار هم از آن استفاده می‌کند.",
    ),
    "short_uses": (
        "Short or interrupted uses are counted too, and may not feel like one.",
        "استفاده‌های کوتاه یا نیمه‌کاره هم شمرده می‌شوند و شاید به چشم نیایند.",
    ),
    "schedule": (
        "A schedule set some time ago may start it by itself.",
        "شاید برنامهٔ زمان‌بندی‌شده‌ای از پیش، آن را خودکار راه می‌اندازد.",
    ),
    "second_unit": (
        "There is more than one unit, and they may speak of another, or of all of them.",
        "بیش از یک دستگاه وجود دارد و شاید منظور دستگاه دیگر یا همهٔ آن‌هاست.",
    ),
    "definition": (
        "What counts as one use may mean something else to them.",
        "شاید تعریف «یک بار استفاده» از نظر آن‌ها متفاوت باشد.",
    ),
    "not_heard": (
        "The product was not heard all the time; something may be missing from its reports.",
        "از محصول همیشه خبر نرسیده است؛ شاید بخشی از گزارش‌ها کم باشد.",
    ),
    "other_time": (
        "They may speak of another time than the one compared with.",
        "شاید منظورشان زمان دیگری جز بازهٔ مقایسه‌شده باشد.",
    ),
    "lately": (
        "The last few periods alone agree: the habit may have changed lately.",
        "دوره‌های آخر به‌تنهایی با گفته همخوان‌اند؛ شاید عادت به‌تازگی تغییر کرده باشد.",
    ),
    "part_charge": (
        "A charge that began less than full, or a harder task, empties sooner.",
        "شارژی که کامل نبوده یا کار سنگین‌تر، زودتر تمام می‌شود.",
    ),
    "worst_run": (
        "One striking run may stay in mind more than the usual ones.",
        "شاید یک مورد چشمگیر بیش از موارد معمول در یاد مانده باشد.",
    ),
    "other_fault": (
        "They may mean another fault, or one that the product does not notice.",
        "شاید منظورشان ایراد دیگری است یا ایرادی که محصول متوجه آن نمی‌شود.",
    ),
    "fault_again": (
        "What the product takes for several faults may be one to them, or the other way round.",
        "شاید آنچه محصول چند ایراد می‌شمارد از نظر آن‌ها یکی باشد، یا برعکس.",
    ),
    "taken_elsewhere": (
        "Doses may have been taken from another box, or at another time; an opening is not a swallow.",
        "شاید نوبت‌هایی از جعبهٔ دیگر یا در زمان دیگری مصرف شده باشد؛ باز شدن در به معنای مصرف نیست.",
    ),
    "regimen": (
        "The prescription may have changed without the dispenser being told.",
        "شاید نسخه تغییر کرده و به دستگاه اطلاع داده نشده باشد.",
    ),
    "elsewhere": (
        "Some may lie elsewhere than where the product looks.",
        "شاید بخشی از موجودی جایی باشد که محصول آن را نمی‌بیند.",
    ),
    "just_moved": (
        "Something may have been added or taken between their look and the product's.",
        "شاید میان نگاه آن‌ها و اندازه‌گیری محصول چیزی افزوده یا برداشته شده باشد.",
    ),
    "counter_differs": (
        "The device's own counter tells fewer than its events; one of them may be wrong.",
        "شمارندهٔ خود دستگاه کمتر از رویدادهایش نشان می‌دهد؛ شاید یکی نادرست باشد.",
    ),
}

_MORE: Final[dict[str, tuple[str, ...]]] = {
    "usage_frequency": ("other_person", "short_uses", "schedule", "definition"),
    "usage_duration": ("other_person", "definition", "schedule"),
    "missed_doses": ("taken_elsewhere", "regimen"),
    "adherence": ("regimen", "definition"),
    "battery_runtime": ("worst_run", "part_charge"),
    "fault_frequency": ("fault_again", "other_person"),
    "fault_since": ("fault_again", "other_time"),
    "stock_level": ("just_moved", "elsewhere"),
    "stock_consumption": ("other_person", "other_time"),
    "last_used": ("other_person", "schedule", "short_uses"),
}
"""Where the product reports more than is said."""
_LESS: Final[dict[str, tuple[str, ...]]] = {
    "usage_frequency": ("definition", "other_time"),
    "usage_duration": ("definition", "other_time"),
    "missed_doses": ("definition", "regimen"),
    "adherence": ("taken_elsewhere", "regimen"),
    "battery_runtime": ("part_charge", "other_time"),
    "fault_frequency": ("other_fault", "fault_again"),
    "fault_since": ("other_fault", "other_time"),
    "stock_level": ("elsewhere", "just_moved"),
    "stock_consumption": ("elsewhere", "other_time"),
    "last_used": ("other_time", "short_uses"),
}
"""Where it reports less."""


def explanations(claim: Claim, record: Record, found: Finding) -> tuple[Explanation, ...]:
    """Candidates, likeliest first; none where both sides agree or nothing can be told."""
    if found.answer in ("agrees", "cannot_tell"):
        return ()
    codes = dict.fromkeys(_codes(claim, record, found))
    return tuple(Explanation(code=code, text=Text(en=TEXTS[code][0], fa=TEXTS[code][1])) for code in codes)


def _codes(claim: Claim, record: Record, found: Finding) -> Iterator[str]:
    more = found.answer == "understates" or (
        found.answer == "contradicts" and found.value is not None and found.value > found.agreed.high
    )
    if record.others or record.units > 1:
        yield "second_unit"
    if found.lately:
        yield "lately"
    if found.counter_differs:
        yield "counter_differs"
    yield from (_MORE if more else _LESS).get(claim.topic, ())
    if not more and (record.coverage or 0.0) < 1 - 1e-9:
        yield "not_heard"
