"""One neutral sentence about a comparison: both sides, what was heard, and why nothing can be told. Pure.

The sentences are part of the frozen record, in every language: they stand here and not in the console's catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from voice.claims.model import Claim
from voice.compare.judging import Finding
from voice.compare.numerals import LANGUAGES, Language, figure, listed, percent, quoted, span
from voice.compare.record import Counted, Elapsed, Lengths, Level, Record, Share
from voice.compare.tolerance import named
from voice.compare.verdict import Text

Pair = tuple[str, str]
"""English, Persian."""

_PER: Final[Mapping[str, Pair]] = {
    "day": ("a day", "در روز"),
    "week": ("a week", "در هفته"),
    "month": ("a month", "در ماه"),
    "year": ("a year", "در سال"),
}
_PERIODS: Final[Mapping[str, Pair]] = {
    "day": ("{n} days", "{n} روز"),
    "week": ("{n} weeks", "{n} هفته"),
    "month": ("{n} months", "{n} ماه"),
    "year": ("{n} years", "{n} سال"),
}
_ONE_PERIOD: Final[Mapping[str, str]] = {
    "day": "one day",
    "week": "one week",
    "month": "one month",
    "year": "one year",
}
_COUNTS: Final[Mapping[str, tuple[Pair, Pair]]] = {
    # topic -> (one, more)
    "usage_frequency": (("{n} use{per}", "{n} بار استفاده{per}"), ("{n} uses{per}", "{n} بار استفاده{per}")),
    "usage_duration": (("{n} minute{per}", "{n} دقیقه{per}"), ("{n} minutes{per}", "{n} دقیقه{per}")),
    "missed_doses": (
        ("{n} missed dose{per}", "{n} نوبت مصرف‌نشده{per}"),
        ("{n} missed doses{per}", "{n} نوبت مصرف‌نشده{per}"),
    ),
    "fault_frequency": (("{n} time{per}", "{n} بار{per}"), ("{n} times{per}", "{n} بار{per}")),
    "stock_consumption": (("{n} item{per}", "{n} قلم{per}"), ("{n} items{per}", "{n} قلم{per}")),
    "stock_level": (("{n} item", "{n} قلم"), ("{n} items", "{n} قلم")),
}
_SAID: Final[Mapping[str, Pair]] = {
    # what the figure is put into, for topics whose figure does not say it
    "usage_duration": ("{figure} each time", "هر بار {figure}"),
    "adherence": ("{figure} of the doses taken", "مصرف {figure} نوبت‌ها"),
    "battery_runtime": ("{figure} on one charge or battery", "{figure} با هر شارژ یا باتری"),
    "fault_frequency": ("in {figure} of the uses", "در {figure} استفاده‌ها"),
    "fault_since": ("for {figure}", "از {figure} پیش"),
    "stock_level": ("{figure} there", "موجودی {figure}"),
    "last_used": ("last used {figure} ago", "آخرین استفاده {figure} پیش"),
}
_NOT_TELLING: Final[Mapping[str, Pair]] = {
    "bounds_straddle": (
        "what happened while it was not heard, or its spread, decides, so this cannot be told",
        "نتیجه به زمانی بستگی دارد که خبری از آن نرسیده یا به پراکندگی مقدارها، پس نمی‌توان گفت",
    ),
    "few_heard": ("that is too little to tell", "این برای نتیجه گرفتن کافی نیست"),
    "too_short": (
        "there is less than one full period to compare with, so this cannot be told",
        "حتی یک دورهٔ کامل برای مقایسه وجود ندارد، پس نمی‌توان گفت",
    ),
    "unowned": (
        "nobody is known to have owned it then, so this cannot be told",
        "مالک آن در این زمان معلوم نیست، پس نمی‌توان گفت",
    ),
    "undeclared": (
        "the product does not report that, so this cannot be told",
        "محصول این را گزارش نمی‌کند، پس نمی‌توان گفت",
    ),
    "nothing": (
        "the product has reported nothing of it, so this cannot be told",
        "محصول چیزی در این باره گزارش نکرده است، پس نمی‌توان گفت",
    ),
    "unknown_fault": (
        "it may be a fault that the product does not notice, so this cannot be told",
        "شاید ایرادی باشد که محصول متوجه آن نمی‌شود، پس نمی‌توان گفت",
    ),
    "no_rank": (
        "there is nothing to rank the words against, so this cannot be told",
        "معیاری برای سنجیدن این توصیف وجود ندارد، پس نمی‌توان گفت",
    ),
}
_SHOWN_PERIODS: Final = 4
_DAY_S: Final = 86_400
_FEW_DAYS: Final = 10
"""Fewer are told with a tenth."""
_LENGTHS: Final = ((1, "day", "روز"), (24, "hour", "ساعت"), (1440, "minute", "دقیقه"))
"""How many a day has, and their names."""


def because(claim: Claim, record: Record, found: Finding) -> Text:
    """The sentence, in every language."""
    english, persian = (_sentence(claim, record, found, language) for language in LANGUAGES)
    return Text(en=english, fa=persian)


def _sentence(claim: Claim, record: Record, found: Finding, language: Language) -> str:
    en = language == "en"
    speaks = "The customer says" if en else "مشتری می‌گوید"
    if record.fault is not None:
        name = quoted(getattr(record.fault, language), language)
        speaks = f"Of {name} the customer says" if en else f"دربارهٔ {name} مشتری می‌گوید"
    parts = [f"{speaks}: {said(claim, language)}"]
    reported = _reported(claim, record, found, language)
    if reported:
        parts.append(f"the product reported: {reported}" if en else f"محصول گزارش کرده است: {reported}")
    if record.coverage is not None and found.why not in ("undeclared", "unowned", "too_short"):
        share = percent(100 * min(record.coverage, 1.0), language)
        parts.append(f"it was heard {share} of the time" if en else f"در {share} زمان از آن خبر رسیده است")
    if found.why != "compared":
        parts.append(_NOT_TELLING[found.why][not en])
    return ("; " if en else "؛ ").join(parts) + "."


def said(claim: Claim, language: Language) -> str:
    """The claim, as a noun: "2 to 3 uses a month"."""
    if claim.low is None and claim.high is None:
        return quoted(claim.quote, language)
    text = _amount(claim, claim.low, claim.high, language)
    if named(claim) == "every_day":
        text = "it is used every day" if language == "en" else "هر روز از آن استفاده می‌شود"
    if claim.hedged and claim.low and claim.high is not None:  # "about at least" is nothing anybody says
        text = f"about {text}" if language == "en" else f"حدود {text}"
    if claim.negated:
        text = f"it is not so: {text}" if language == "en" else f"چنین نیست: {text}"
    return text


def _amount(claim: Claim, low: float | None, high: float | None, language: Language) -> str:
    at = 0 if language == "en" else 1
    put = _SAID.get(claim.topic)
    bare = _figure(claim, low, high, language)
    if put is None or (claim.unit == "count" and claim.topic == "fault_frequency") or claim.per is not None:
        return bare
    return put[at].format(figure=bare)


def _figure(claim: Claim, low: float | None, high: float | None, language: Language) -> str:
    """An interval with its unit: "2 to 3 uses a month", "20 minutes", "95 %"."""
    en = language == "en"
    text = span(low, high, language)
    one = low == high == 1
    if claim.unit == "percent":
        return f"{text} %" if en else f"{text}٪"
    if claim.unit == "min":
        text = f"{text} minute{'' if one else 's'}" if en else f"{text} دقیقه"
    elif claim.unit == "day":
        text = f"{text} day{'' if one else 's'}" if en else f"{text} روز"
    else:
        forms = _COUNTS.get(claim.topic, _COUNTS["fault_frequency"])
        text = forms[0 if one else 1][0 if en else 1].format(n=text, per="")
    return text if claim.per is None else f"{text} {_PER[claim.per][0 if en else 1]}"


def _reported(claim: Claim, record: Record, found: Finding, language: Language) -> str:
    en = language == "en"
    match record.about:
        case Counted() as about if about.parts:
            return _counts(claim, record, about, found, language)
        case Lengths() as about if found.value is not None:
            median = _figure(claim, found.value, found.value, language)
            of, n = figure(found.true_of or 0, language), figure(found.n, language)
            return (
                f"a median of {median}, and {of} of {n} as said"
                if en
                else f"میانهٔ {median}، و {of} مورد از {n} مورد همان‌گونه که گفته شده"
            )
        case Lengths() if found.low is not None:
            least = _figure(claim, found.low, None, language)
            return f"{least} without running empty" if en else f"{least} بدون تمام شدن"
        case Share() as about if about.of:
            share = percent(100 * about.hits / about.of, language)
            hits, of = figure(about.hits, language), figure(about.of, language)
            what = ("doses", "نوبت") if claim.topic == "adherence" else ("uses", "استفاده")
            return f"{hits} of {of} {what[0]}, {share}" if en else f"{hits} از {of} {what[1]}، {share}"
        case Level():
            return _level(claim, found, language)
        case Elapsed() as about:
            return _elapsed(claim, about, language)
    return ""


def _counts(claim: Claim, record: Record, about: Counted, found: Finding, language: Language) -> str:
    en = language == "en"
    if found.of is not None:  # days with a use
        used, days = figure(found.n, language), figure(found.of, language)
        return f"uses on {used} of {days} days" if en else f"استفاده در {used} روز از {days} روز"
    assert found.value is not None
    counts = [part.count for part in about.parts]
    if record.own_window or claim.per is None:
        total = _figure(_without_per(claim), sum(counts), sum(counts), language)
        return f"{total} {_over(record, language)}{_rank(found, language)}"
    text = _figure(claim, round(found.value, 2), round(found.value, 2), language)
    number = figure(len(counts), language)
    if len(counts) == 1:
        over = f" in {_ONE_PERIOD[claim.per]}" if en else f" در {_PERIODS[claim.per][1].format(n=number)}"
        text = _figure(_without_per(claim), counts[0], counts[0], language)
    else:
        span_of = _PERIODS[claim.per][0 if en else 1].format(n=number)
        over = f" on average over {span_of}" if en else f" به‌طور میانگین در {span_of}"
        if len(counts) <= _SHOWN_PERIODS:
            over += f" ({listed(counts, language)})"
    return text + over


def _over(record: Record, language: Language) -> str:
    """How long the window is."""
    length = _length((record.until - record.since).total_seconds() / _DAY_S, language)
    return f"in {length}" if language == "en" else f"در {length}"


def _rank(found: Finding, language: Language) -> str:
    if found.rank is None:
        return ""
    share = percent(100 * found.rank, language)
    return f", more than {share} of its kind" if language == "en" else f"، بیش از {share} محصولات هم‌نوع"


def _length(days: float, language: Language) -> str:
    """A length of time in the unit it is best told in."""
    in_a_day, name, persian = next(unit for unit in _LENGTHS if days * unit[0] >= 1 or unit is _LENGTHS[-1])
    many = days * in_a_day
    many = round(many, 1) if name == "day" and many < _FEW_DAYS else round(many)
    text = figure(many, language)
    return f"{text} {persian}" if language == "fa" else f"{text} {name}{'' if many == 1 else 's'}"


def _without_per(claim: Claim) -> Claim:
    return replace(claim, per=None)


def _level(claim: Claim, found: Finding, language: Language) -> str:
    if found.value is None or found.low is None or found.high is None:
        return ""
    now = _figure(claim, found.value, found.value, language)
    if found.low == found.high:
        return now
    between = span(found.low, found.high, language)
    return f"{now} ({between} that day)" if language == "en" else f"{now} (در آن شبانه‌روز {between})"


def _elapsed(claim: Claim, about: Elapsed, language: Language) -> str:
    en = language == "en"
    of_fault = claim.topic == "fault_since"
    if about.low is None:
        if of_fault:
            return "not once" if en else "هیچ بار"
        return "no use" if en else "هیچ استفاده‌ای"
    low, high = about.low, about.high
    if high is None:
        length = f"at least {_length(low, language)}" if en else f"دست‌کم {_length(low, language)}"
    elif _length(low, language) == _length(high, language):
        length = _length(low, language)
    else:
        ends = _length(low, language), _length(high, language)
        length = f"between {ends[0]} and {ends[1]}" if en else f"بین {ends[0]} تا {ends[1]}"
    event = ("began", "آغاز") if of_fault else ("the last use", "آخرین استفاده")
    text = f"{event[0]} {length} before" if en else f"{event[1]} {length} پیش‌تر"
    if about.working:
        uses = figure(about.working, language)
        text += f", with {uses} good uses in that time" if en else f"، با {uses} استفادهٔ بی‌ایراد در آن مدت"
    return text
