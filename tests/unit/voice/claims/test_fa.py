"""Persian claims: the constructions one by one, and paraphrases that keep the figure."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import catalog
from voice.claims import Claim, extract
from voice.claims.model import PER_DAYS

PRODUCTS = catalog.load()
NAMES = {"r": "robot_vacuum", "p": "pill_dispenser", "s": "stock_sensor", "w": "software"}


def _read(product: str, text: str) -> list[Claim]:
    return extract(text, PRODUCTS[NAMES[product]], "fa")


def _short(claim: Claim) -> str:
    def bound(value: float | None) -> str:
        return "" if value is None else f"{value:.4g}"

    flags = ("~" if claim.hedged else "") + ("!" if claim.negated else "")
    return f"{claim.topic} {bound(claim.low)}..{bound(claim.high)} {claim.unit}/{claim.per or '-'}{flags}"


@pytest.mark.parametrize(
    ("product", "text", "claims"),
    [
        # rates
        ("r", "هفته‌ای چهار پنج بار جارو رو روشن می‌کنم", "usage_frequency 4..5 count/week"),
        ("r", "هر سه چهار روز یه دفعه راش میندازم", "usage_frequency 0.25..0.3333 count/day"),
        ("r", "دوشنبه‌ها و پنجشنبه‌ها خونه رو جارو می‌کنه", "usage_frequency 2..2 count/week"),
        ("r", "یک روز در میون می‌ندازمش تو پذیرایی", "usage_frequency 0.5..0.5 count/day"),
        ("r", "دو روز در میان روشنش می‌کنیم", "usage_frequency 0.3333..0.3333 count/day"),
        ("r", "حداقل هفته‌ای سه بار روشنش می‌کنم", "usage_frequency 3.. count/week"),
        ("w", "تو ده روز گذشته پنج بار قفل کرد", "fault_frequency 0.5..0.5 count/day"),
        ("w", "ده دقیقه یه بار هنگ می‌کنه", "fault_frequency 144..144 count/day"),
        ("p", "صبح و ظهر و شب دارو می‌خورم", "usage_frequency 3..3 count/day"),
        ("s", "ماهی دویست سیصد تا سرنگ مصرف می‌شود", "stock_consumption 200..300 item/month"),
        # shares and none
        ("r", "از هر سه بار یه بارش نمی‌ره سر داک", "fault_frequency 33.33..33.33 percent/-"),
        ("p", "از دوازده نوبت سه نوبتش رو نخورد", "adherence 75..75 percent/-"),
        ("p", "نصف قرص‌هامو می‌خورم راستش", "adherence 50..50 percent/-"),
        ("p", "تا حالا یه دوز هم از دست ندادم", "missed_doses 0..0 count/-"),
        ("w", "هیچوقت قطع نشده", "fault_frequency 0..0 count/-"),
        ("w", "aslan azash estefade nemikonam", "usage_frequency 0..0 count/-"),
        # lengths
        ("r", "هر بار حدود یه ساعت و ربع کار می‌کنه", "usage_duration 75..75 min/-~"),
        ("r", "باتریش یه ربع هم دووم نمیاره", "battery_runtime 0..15 min/-"),
        ("r", "باتریش نیم ساعت بیشتر نمی‌کشه", "battery_runtime 0..30 min/-"),
        ("w", "نهایت روزی بیست دقیقه توشم", "usage_duration 0..20 min/day"),
        ("r", "پنج شش ماهی میشه خراب شده", "fault_since 150..180 day/-~"),
        ("s", "سنسور از دیروز آفلاینه", "fault_since 1..1 day/-"),
        ("r", "سه ماهی هست ازش استفاده نکردیم", "last_used 90..90 day/-~"),
        ("r", "آخرین بار هفته پیش روشنش کردم", "last_used 7..7 day/-"),
        # stock
        ("s", "الان حدود چهل تا بسته موجوده", "stock_level 40..40 item/-~"),
        ("s", "قفسه یک چهارمش پره", "stock_level 25..25 percent/-"),
        ("s", "دستمال کاغذی کلا تموم شد", "stock_level 0..0 item/-"),
        ("s", "از 500 تا 120 تاش مونده", "stock_level 120..120 item/-"),
        # denial, correction, old and new
        ("w", "روزی سه بار کرش نمی‌کنه", "fault_frequency 3..3 count/day!"),
        ("p", "اینکه نوشتین سه بار نخوردم درست نیست", "missed_doses 3..3 count/-!"),
        ("r", "روزی سه بار، نه ببخشید، چهار بار گیر می‌کنه", "fault_frequency 4..4 count/day"),
        ("r", "قبلا هر روز روشنش می‌کردم الان هفته‌ای یه بار", "usage_frequency 1..1 count/week"),
        ("r", "به ندرت روشنش می‌کنم", "usage_frequency .. count/-~"),
        # more, as people say it
        ("r", "از هفته پیش تا حالا دستگاه خرابه", "fault_since 7..7 day/-"),
        ("r", "دو بار در روز، صبح و عصر، خونه رو تمیز می‌کنه", "usage_frequency 2..2 count/day"),
        ("r", "راستش جاروتون رو یه ساله تو انباری گذاشتم", "last_used 365..365 day/-"),
        ("r", "جاروم هفته‌ای سه دفعه بیشتر گیر نمی‌کنه", "fault_frequency 0..3 count/week"),
        ("r", "شارژ کامل که میشه ۸۰ دقیقه کار می‌کنه", "battery_runtime 80..80 min/-"),
        ("r", "شب‌ها می‌ذارمش روی شارژ، چهار ساعت طول می‌کشه پر بشه", ""),
        ("r", "این هفته اصلا روشن نشده", "usage_frequency 0..0 count/week"),
        ("r", "sharjesh ye saat o nim davam miare", "battery_runtime 90..90 min/-"),
        ("p", "۲ تا از ۶ نوبت امروز رو نخورد", "adherence 66.67..66.67 percent/-"),
        ("p", "سه تا از هر پنج تا قرصو می‌خوره", "adherence 60..60 percent/-"),
        ("p", "تو دو هفته اخیر فقط یه بار فراموش کردم", "missed_doses 0.5..0.5 count/week"),
        ("p", "دکتر گفت روزی ۳ تا ولی من روزی ۲ تا می‌خورم", "usage_frequency 2..2 count/day"),
        ("s", "یه بسته بیشتر نداریم", "stock_level 0..1 item/-"),
        ("s", "الان هیچی تو قفسه نیست", "stock_level 0..0 item/-"),
        ("s", "روزی نه ده تا مصرف می‌کنیم", "stock_consumption 9..10 item/day"),
        ("s", "نه، ده تا مونده", "stock_level 10..10 item/-"),
        ("s", "رفیقم انبارش روزی هزار تا می‌ره", ""),
        ("w", "سیستم تو این ماه هیچ قطعی نداشته", "fault_frequency 0..0 count/month"),
        ("w", "از اول هفته چهار بار پرید", "fault_frequency 4..4 count/week"),
        ("w", "دو ساعته نمی‌تونم وارد بشم", "fault_since 120..120 min/-"),
        ("w", "شما گفتید روزی یک بار ولی روزی پنج بار قطع میشه", "fault_frequency 5..5 count/day"),
        # denials in and behind their clause, by whoever speaks
        ("w", "ده دوازده روزی میشه نرفتم توش", "last_used 10..12 day/-~"),
        ("s", "هشت روزه اسکنرو برنداشتیم", "last_used 8..8 day/-"),
        ("p", "آلارمش از هر چهار بار یه بار نمی‌زنه", "fault_frequency 25..25 percent/-"),
        ("p", "ده روزه درش وا نمیشه", "fault_since 10..10 day/-"),
        ("r", "هفته‌ای یکی دو بار بیشتر به کارش نمی‌گیریم", "usage_frequency 0..2 count/week"),
        ("s", "فکر نکنم بیشتر از ده تا مونده باشه", "stock_level 0..10 item/-~"),
        ("p", "باطریش به بیست روز نکشید", "battery_runtime 0..20 day/-"),
        ("p", "باتریش چار ماه کار کرد دستش درد نکنه", "battery_runtime 120..120 day/-"),
        # shares, parts of a day, what is said again
        ("s", "سی درصد قفسه خالیه", "stock_level 70..70 percent/-"),
        ("r", "از هر دو باری که میره بیرون، یه بار برنمی‌گرده", "fault_frequency 50..50 percent/-"),
        ("p", "صبحا دوتا می‌خوره شبا یکی", "usage_frequency 3..3 count/day"),
        ("p", "یه بار در هفته یادش می‌ره، شایدم دو بار", "missed_doses 1..2 count/week~"),
        ("w", "از هفته پیش تا حالا چهار پنج دفعه پریده بیرون", "fault_frequency 4..5 count/week"),
        ("s", "تا دیروز شصت تا داشتیم، الان هفت تا", "stock_level 7..7 item/-"),
        ("p", "az 10 ta ghors 8 tasho mikhoram, bad ke nist?", "adherence 80..80 percent/-"),
        ("r", "من هفته‌ای دو بار روشنش می‌کنم، شما چی؟", "usage_frequency 2..2 count/week"),
        ("r", "هفته‌ای سه بار freeze میشه", "fault_frequency 3..3 count/week"),
        # nothing claimed
        ("s", "ما ۱۶ تا لازم داریم", ""),
        ("p", "پدرم ۷۸ سالشه", ""),
        ("p", "خواهرم تو یه شهر دیگه از همینا داره، روزی سه تا می‌خوره", ""),
        ("r", "اگه هفته‌ای سه بار گیر کنه پسش می‌دم", ""),
        ("r", "چرا هفته‌ای سه بار گیر می‌کنه؟", ""),
        ("p", "دکتر گفته روزی دو تا بخورم", ""),
        ("r", "این هفته سه بار زنگ زدم و هر بار چهل دقیقه پشت خط موندم", ""),
        ("s", "کارتن‌هامون ۱۲ تاییه، وزنش ۸ کیلو", ""),
        ("r", "ماهی ۲ تومن قسطشه، دو سال گارانتی داره", ""),
        ("r", "از این به بعد هفته‌ای دو بار روشنش می‌کنم", ""),
        ("w", "پشتیبانیتون بعد سه روز جواب داد", ""),
        ("s", "ماهی سه تا تو حوض دارم، شیر دو کیلو خریدم", ""),
    ],
)
def test_constructions(product: str, text: str, claims: str) -> None:
    assert "; ".join(_short(claim) for claim in _read(product, text)) == claims


NUMBERS = {
    2: "دو", 3: "سه", 4: "چهار", 6: "شیش", 9: "نه", 12: "دوازده", 15: "پونزده", 21: "بیست و یک", 40: "چهل",
    75: "هفتاد و پنج", 110: "صد و ده", 250: "دویست و پنجاه",
}  # fmt: skip
PERIODS = {
    "day": ("روزی", "روز"), "week": ("هفته‌ای", "هفته"), "month": ("ماهی", "ماه"), "year": ("سالی", "سال"),
}  # fmt: skip
RATES = (
    "{i} {n} بار {v}", "{i} {n} دفعه {v}", "{i} {n} مرتبه {v}", "{n} بار در {p} {v}", "هر {p} {n} بار {v}",
    "در {p} {n} بار {v}", "من {i} {n} بار {v}", "سلام. {i} {n} بار {v} ممنون", "{i}{s}{n} بار {v}",
)  # fmt: skip
VERBS = {
    ("r", "usage_frequency"): ("روشنش می‌کنم", "ازش استفاده می کنیم", "جارو میکنه", "به کارش می‌برم"),
    ("w", "usage_frequency"): ("بازش می‌کنم", "وارد برنامه میشم", "باهاش کار می‌کنیم", "ازش استفاده می‌کنم"),
    ("w", "fault_frequency"): ("هنگ می‌کنه", "کرش میکنه", "قطع میشه", "خطا میده", "از کار میفته"),
    ("r", "fault_frequency"): ("گیر می‌کنه", "خاموش میشه", "خراب میشه"),
    ("p", "missed_doses"): ("یادم میره بخورم", "فراموش می‌کنم", "جا میندازم"),
}
numbers, periods = st.sampled_from(sorted(NUMBERS)), st.sampled_from(sorted(PERIODS))


def _arabic(text: str) -> str:
    return text.translate(str.maketrans("یک", "يك"))


@settings(deadline=None, max_examples=40)  # a hundred readings an example
@given(numbers, periods, st.sampled_from(sorted(VERBS)), st.data())
def test_a_rate_in_other_words(many: int, period: str, kind: tuple[str, str], data: st.DataObject) -> None:
    of, bare = PERIODS[period]
    verb = data.draw(st.sampled_from(VERBS[kind]))
    digits = str(many).translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    for pattern in RATES:
        for written in (NUMBERS[many], str(many), digits):
            text = pattern.format(i=of, p=bare, n=written, v=verb, s="  ")
            for spelling in (text, _arabic(text), text.replace("\u200c", ""), text.replace("\u200c", " ")):
                claims = _read(kind[0], spelling)
                assert [(c.topic, c.low, c.high, c.per) for c in claims] == [(kind[1], many, many, period)], spelling


@given(
    numbers, st.sampled_from(["روز", "هفته", "ماه"]), st.sampled_from(["ه", "‌ست", "ه که", " است", " میشه", "ی میشه"])
)
def test_a_fault_that_lasts(many: int, unit: str, tail: str) -> None:
    if unit == "هفته":
        tail = {"ه": "‌س", "ه که": "‌ست که", "ی میشه": "‌ای میشه"}.get(tail, tail)
    elif tail == "‌ست":
        tail = "ه"
    days = {"روز": 1, "هفته": 7, "ماه": 30}[unit] * many
    for written in (NUMBERS[many], str(many)):
        claims = _read("r", f"{written} {unit}{tail} خراب شده")
        assert [(c.topic, c.low, c.high, c.unit, c.hedged) for c in claims] == [
            ("fault_since", days, days, "day", "ی میشه" in tail or "‌ای" in tail)
        ], (written, unit, tail)


@settings(deadline=None)
@given(numbers, numbers)
def test_every_n_periods_is_the_rate_of_its_inverse(many: int, every: int) -> None:
    for text in (f"هر {NUMBERS[every]} روز {many} بار هنگ می‌کنه", f"{every} روز {NUMBERS[many]} بار هنگ می‌کنه"):
        (claim,) = _read("w", text)
        assert claim.low is not None
        assert claim.per is not None
        assert claim.low / PER_DAYS[claim.per] == pytest.approx(many / every)
