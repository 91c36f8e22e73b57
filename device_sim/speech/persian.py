"""What customers say in Persian, as it is spoken."""

from __future__ import annotations

from collections.abc import Mapping

from device_sim.speech.memory import Figure

_SMALL = ("هیچ", "یه", "دو", "سه", "چهار", "پنج", "شش", "هفت", "هشت", "نه", "ده", "یازده", "دوازده")
_PERS = {"day": "روزی", "week": "هفته‌ای", "month": "ماهی", "year": "سالی"}
_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
DOUBTS = ("حدود ", "تقریباً ", "شاید ", "حدوداً ")

SENTENCES: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("robot_vacuum", "usage_frequency"): ("{rate} روشنش می‌کنم.", "{rate} ازش استفاده می‌کنیم."),
    ("robot_vacuum", "usage_duration"): ("هر بار {number} دقیقه کار می‌کنه.", "هر دفعه {number} دقیقه تمیز می‌کنه."),
    ("robot_vacuum", "last_used"): ("{days} است که استفاده‌ش نکردم.", "{days} هست که روشنش نکردم."),
    ("robot_vacuum", "battery_runtime"): (
        "باتریش {number} دقیقه کار می‌کنه.",
        "بعد از {number} دقیقه باتریش تموم میشه.",
    ),
    ("robot_vacuum", "fault_frequency"): ("{rate} گیر می‌کنه.", "جاروبرقی {rate} گیر می‌کنه."),
    ("pill_dispenser", "adherence"): ("{share} قرص‌هام رو می‌خورم.", "{share} داروهام رو می‌خورم."),
    ("pill_dispenser", "missed_doses"): ("{rate} قرصم یادم میره.", "{rate} یه قرص رو جا می‌اندازم."),
    ("pill_dispenser", "fault_frequency"): ("{rate} گیر می‌کنه.", "دستگاه {rate} گیر می‌کنه."),
    ("stock_sensor", "stock_consumption"): ("{period} {number} تا مصرف می‌کنیم.", "{period} {number} تا می‌فروشیم."),
    ("stock_sensor", "stock_level"): ("{number} تا مونده.", "{number} تا توی قفسه مونده."),
    ("software", "usage_frequency"): ("{rate} وارد برنامه میشم.", "{rate} برنامه رو باز می‌کنم."),
    ("software", "usage_duration"): ("هر بار {number} دقیقه باهاش کار می‌کنم.", "هر دفعه {number} دقیقه طول می‌کشه."),
    ("software", "last_used"): ("{days} است که وارد نشدم.", "{days} هست که استفاده‌ش نکردم."),
    ("software", "fault_frequency"): ("{rate} کرش می‌کنه.", "برنامه {rate} خود به خود بسته میشه."),
}
NOTHING: Mapping[str, str] = {
    "usage_frequency": "اصلاً ازش استفاده نمی‌کنم.",
    "fault_frequency": "هیچ‌وقت این مشکل رو نداره.",
    "missed_doses": "هیچ‌وقت قرصم یادم نمیره.",
    "adherence": "هیچ‌کدوم از قرص‌هام رو نمی‌خورم.",
    "stock_level": "قفسه خالیه.",
}
ALL = "همهٔ قرص‌هام رو می‌خورم."
STORIES: Mapping[str, str] = {
    "robot_vacuum": "راستش من ماهی دو سه بار ازش استفاده می‌کنم.",
    "pill_dispenser": "همهٔ قرص‌هام رو می‌خورم.",
}
SMALL_TALK = (
    "شمارهٔ سفارشم ۴۸۲۱۳ است و هنوز فاکتور به دستم نرسیده.",
    "دیروز ۲۵ دقیقه پشت خط بودم و کسی جواب نداد.",
    "هر چند وقت یک بار باید فیلترش رو عوض کنم؟",
    "اگه دوباره خراب بشه پسش می‌فرستم.",
    "ممنون، جواب قبلی‌تون خیلی کمک کرد.",
    "روی جعبه نوشته ۱۲۰ دقیقه، درسته؟",
    "سیزده اردیبهشت خریدمش و دو سال گارانتی داره.",
    "قیمت دو تا قطعهٔ یدکی چند تومنه؟",
    "مال همسایه‌مون روزی ده بار این‌طوری میشه.",
    "می‌خوام با یکی دربارهٔ قراردادم صحبت کنم.",
)


def number(figure: Figure) -> str:
    """«سه», «دو سه», «۱۵ تا ۲۰»."""
    if figure.low == figure.high:
        return _word(figure.low)
    if (figure.low, figure.high) == (1.0, 2.0):
        return "یکی دو"
    joint = " " if figure.high - figure.low == 1.0 and figure.high < len(_SMALL) else " تا "
    return f"{_word(figure.low)}{joint}{_word(figure.high)}"


def rate(figure: Figure) -> str:
    """«هفته‌ای دو بار»."""
    return f"{period(figure)} {number(figure)} بار"


def period(figure: Figure) -> str:
    """«هفته‌ای»."""
    return _PERS[figure.per or "day"]


def share(figure: Figure) -> str:
    """«نصف», «۸۵ درصد»."""
    return "نصف" if figure.low == 50.0 else f"{_word(figure.low)} درصد"


def days(figure: Figure) -> str:
    """«سه روز», «دو هفته»."""
    length, unit = (figure.low / 7.0, "هفته") if figure.low % 7.0 == 0.0 else (figure.low, "روز")
    return f"{_word(length)} {unit}"


def _word(value: float) -> str:
    return _SMALL[int(value)] if value < len(_SMALL) else f"{value:.0f}".translate(_DIGITS)
