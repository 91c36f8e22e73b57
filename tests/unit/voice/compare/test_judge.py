"""A table of claims beside records: what must come of them."""

from __future__ import annotations

import pytest

from tests.unit.voice.compare.saying import claim, counted, record
from voice.claims.model import Claim
from voice.compare import Thresholds, Verdict, judge
from voice.compare.record import Elapsed, Lengths, Level, Missing, Rank, Record, Share
from voice.figures import Bounds

T = Thresholds()
FEW = claim("usage_frequency", 2, 3, "month")
DAILY = claim("usage_frequency", 1, 1, "day", quote="every day")
EVERY_PILL = claim("adherence", 100, 100, quote="every pill")
RARELY, OFTEN = (claim("usage_frequency", None, None, hedged=True, quote=q) for q in ("به ندرت", "a lot"))
SOMETIMES = claim("usage_frequency", None, None, hedged=True, quote="now and then")
RUNS = Lengths((70.0, 75.0, 78.0, 80.0, 85.0))
WEEK = claim("fault_since", 7, 7)

TABLE: dict[str, tuple[Claim, Record, str]] = {
    # what the method demands
    "six in a month": (FEW, counted([6]), "understates"),
    "six, five and seven": (FEW, counted([6, 5, 7]), "understates"),
    "four, three and four": (FEW, counted([4, 3, 4]), "agrees"),
    "one, none and one": (FEW, counted([1, 0, 1]), "overstates"),
    "one each, heard 60 %": (FEW, counted([1, 1, 1], 0.6), "cannot_tell"),
    "64 of 90 doses": (EVERY_PILL, record(Share(64, 90)), "overstates"),
    "20 minutes, median 78": (claim("battery_runtime", 20, 20), record(RUNS), "contradicts"),
    "never, with one": (claim("usage_frequency", 0, 0), counted([0, 1, 0]), "contradicts"),
    "stuck a week, with runs": (WEEK, record(Elapsed(2.0, 2.0, 2, working=3)), "contradicts"),
    # coverage
    "heard too little": (FEW, counted([6, 5, 7], 0.49), "cannot_tell"),
    "not heard at all": (FEW, counted([0, 0, 0], 0.0), "cannot_tell"),
    "heard just enough": (FEW, counted([6, 5, 7], 0.5), "understates"),
    "no full period": (FEW, record(Missing("too_short")), "cannot_tell"),
    "too few even if the silence was like the rest": (FEW, counted([0, 1, 0], 0.8), "overstates"),
    # counters bound what the silence hides
    "a counter tells the rest": (FEW, counted([1, 1, 1], 0.6, counter=Bounds(6, 7)), "agrees"),
    "a counter tells more": (FEW, counted([1, 1, 1], 0.6, counter=Bounds(15, 16)), "understates"),
    "a counter leaves no room": (FEW, counted([1, 1, 1], 0.6, counter=Bounds(3, 4)), "overstates"),
    "a counter that was reset": (FEW, counted([1, 1, 1], 0.6, counter=Bounds(6, None)), "agrees"),
    "a counter of more than uses": (FEW, counted([1, 1, 1], 0.6, counter=Bounds(0, 60, exact=False)), "cannot_tell"),
    "a counter of more, that did not rise": (
        FEW, counted([1, 1, 1], 0.6, counter=Bounds(0, 4, exact=False)), "overstates"),
    "a counter of more, beyond what the silence is worth": (
        FEW, counted([1, 1, 1], 0.9, counter=Bounds(0, 8, exact=False)), "cannot_tell"),
    "a counter that tells fewer": (FEW, counted([6, 5, 7], 0.9, counter=Bounds(0, 3)), "understates"),
    "a counter does not make up for hearing": (FEW, counted([1], 0.4, counter=Bounds(9, 9)), "cannot_tell"),
    # tolerances
    "exact, within": (claim("usage_frequency", 3, 3, "week"), counted([3, 4, 3], per="week"), "agrees"),
    "exact, beside": (claim("usage_frequency", 3, 3, "week"), counted([4, 4, 3], per="week"), "understates"),
    "round, within": (claim("usage_frequency", 10, 10, "month"), counted([12, 12, 12]), "agrees"),
    "exact, not round": (claim("usage_frequency", 11, 11, "month"), counted([13, 13, 13]), "understates"),
    "hedged": (claim("usage_frequency", 3, 3, "week", hedged=True), counted([4, 5, 4], per="week"), "agrees"),
    "at least": (claim("usage_frequency", 4, None, "week"), counted([9, 8, 9], per="week"), "agrees"),
    "at least, but fewer": (claim("usage_frequency", 4, None, "week"), counted([3, 3, 3], per="week"), "overstates"),
    "at most": (claim("usage_frequency", 0, 4, "week"), counted([1, 0, 1], per="week"), "agrees"),
    "at most, but more": (claim("usage_frequency", 0, 4, "week"), counted([6, 6, 6], per="week"), "understates"),
    # names
    "every day, six of seven": (DAILY, counted([1, 1, 0, 1, 2, 1, 1], per="day"), "agrees"),
    "every day, five of seven": (DAILY, counted([1, 1, 0, 1, 2, 0, 1], per="day"), "overstates"),
    "every day, thrice a day": (DAILY, counted([3] * 7, per="day"), "agrees"),
    "every day, one unheard": (
        DAILY, counted([1, 1, 0, 1, 2, 0, 1], 0.95, "day", coverages=[1, 1, 0.65, 1, 1, 1, 1]), "cannot_tell"),
    "once a day, thrice": (
        claim("usage_frequency", 1, 1, "day", quote="once a day"), counted([3] * 7, per="day"), "understates"),
    "never": (claim("fault_frequency", 0, 0), counted([0, 0, 0], 0.9), "agrees"),
    "never, but a counter": (
        claim("usage_frequency", 0, 0), counted([0, 0, 0], 0.9, counter=Bounds(2, 2)), "contradicts"),
    "never missed": (claim("missed_doses", 0, 0), counted([2, 0, 1]), "contradicts"),
    "every pill, all but few": (EVERY_PILL, record(Share(87, 90)), "agrees"),
    "every pill, the silence decides": (EVERY_PILL, record(Share(80, 80, 10), 0.89), "cannot_tell"),
    "every pill, even so": (EVERY_PILL, record(Share(60, 80, 10), 0.89), "overstates"),
    "about every pill": (
        claim("adherence", 100, 100, hedged=True, quote="nearly every pill"), record(Share(82, 90)), "agrees"),
    "none taken": (claim("adherence", 0, 0), record(Share(3, 90)), "contradicts"),
    # shares
    "share, within points": (claim("adherence", 75, 75), record(Share(64, 90)), "agrees"),
    "share, too high": (claim("adherence", 80, 80), record(Share(64, 90)), "overstates"),
    "share, too low": (claim("adherence", 50, 50), record(Share(64, 90)), "understates"),
    "share of nothing": (claim("adherence", 50, 50), record(Share(0, 0)), "cannot_tell"),
    "fault in every run": (claim("fault_frequency", 100, 100, unit="percent"), record(Share(10, 40)), "overstates"),
    "fault in one of four": (claim("fault_frequency", 25, 25, unit="percent"), record(Share(10, 40)), "agrees"),
    # words without figures
    "rarely, at the top": (RARELY, counted([9, 9, 9], rank=Rank(0.9, 80)), "contradicts"),
    "rarely, in the middle": (RARELY, counted([3, 3, 3], rank=Rank(0.5, 80)), "agrees"),
    "often, at the bottom": (OFTEN, counted([1, 1, 1], rank=Rank(0.1, 80)), "contradicts"),
    "often, at the top": (OFTEN, counted([9, 9, 9], rank=Rank(0.9, 80)), "agrees"),
    "sometimes": (SOMETIMES, counted([3, 3, 3], rank=Rank(0.5, 80)), "agrees"),
    "sometimes, at the top": (SOMETIMES, counted([9, 9, 9], rank=Rank(0.9, 80)), "cannot_tell"),
    "often, without a fleet": (OFTEN, counted([9, 9, 9]), "cannot_tell"),
    # what is denied
    "not every day, but so": (
        claim("usage_frequency", 1, 1, "day", quote="every day", negated=True), counted([1] * 7, per="day"),
        "contradicts"),
    "not every day": (
        claim("usage_frequency", 1, 1, "day", quote="every day", negated=True), counted([1, 0] * 4, per="day"),
        "agrees"),
    "not six, and nobody knows": (
        claim("fault_frequency", 6, 6, "month", negated=True), counted([1], 0.3), "cannot_tell"),
    # lengths
    "runtime": (claim("battery_runtime", 80, 80), record(RUNS), "agrees"),
    "runtime, true of some": (
        claim("battery_runtime", 20, 20), record(Lengths((18.0, 70.0, 75.0, 80.0, 90.0))), "understates"),
    "runtime in days": (
        claim("battery_runtime", 60, 60, unit="day"), record(Lengths(tuple(d * 1440.0 for d in (55, 62, 66)))),
        "agrees"),
    "runtime, none empty yet": (claim("battery_runtime", 20, 20), record(Lengths((), (90.0, 95.0))), "contradicts"),
    "runtime, none empty and none longer": (
        claim("battery_runtime", 120, 120), record(Lengths((), (90.0, 95.0))), "cannot_tell"),
    "runtime, nothing known": (claim("battery_runtime", 20, 20), record(Lengths(())), "cannot_tell"),
    "session too long": (claim("usage_duration", 60, 60), record(Lengths((20.0, 30.0, 31.0, 33.0))), "overstates"),
    "few long sessions among short ones": (
        claim("usage_duration", 15, 15), record(Lengths((8.0, 9.0, 10.0, 11.0, 12.0, 40.0))), "agrees"),
    "hours a week": (
        claim("usage_duration", 120, 120, "week"), counted([110.0, 140.0, 100.0], per="week"), "agrees"),
    # what is there
    "level": (claim("stock_level", 12, 12), record(Level(12, 12, 12, record(RUNS).until)), "agrees"),
    "level before something was taken": (
        claim("stock_level", 12, 12), record(Level(7, 7, 12, record(RUNS).until)), "agrees"),
    "level too low": (claim("stock_level", 3, 3), record(Level(12, 12, 13, record(RUNS).until)), "understates"),
    "empty": (claim("stock_level", 0, 0), record(Level(0, 0, 4, record(RUNS).until)), "agrees"),
    "empty, with some left": (claim("stock_level", 0, 0), record(Level(4, 2, 4, record(RUNS).until)), "contradicts"),
    "half full": (
        claim("stock_level", 50, 50, unit="percent"), record(Level(52, 52, 52, record(RUNS).until, 100)), "agrees"),
    "half full of what": (
        claim("stock_level", 50, 50, unit="percent"), record(Level(52, 52, 52, record(RUNS).until)), "cannot_tell"),
    # time that has passed
    "yesterday": (claim("last_used", 1, 1), record(Elapsed(0.4, 0.4, 1)), "agrees"),
    "two weeks, rounded": (claim("last_used", 14, 14), record(Elapsed(17.3, 17.3, 17)), "agrees"),
    "two weeks, three days": (claim("last_used", 14, 14), record(Elapsed(3.0, 3.0, 3)), "overstates"),
    "three days, two weeks": (claim("last_used", 3, 3), record(Elapsed(14.0, 14.0, 14)), "understates"),
    "two weeks, unheard since": (claim("last_used", 14, 14), record(Elapsed(1.0, 15.0)), "cannot_tell"),
    "today, after midnight": (claim("last_used", 0, 0), record(Elapsed(0.1, 0.1, 1)), "agrees"),
    "a fault for a week": (WEEK, record(Elapsed(7.2, 7.2, 7)), "agrees"),
    "a fault for longer": (WEEK, record(Elapsed(30.0, 30.0, 30)), "understates"),
    "a fault since later": (WEEK, record(Elapsed(2.0, 2.0, 2)), "overstates"),
    "a fault never seen": (WEEK, record(Elapsed(None, None)), "contradicts"),
    "a fault never seen, unheard": (WEEK, record(Elapsed(None, None), 0.2), "cannot_tell"),
    "a fault for two hours": (claim("fault_since", 120, 120, unit="min"), record(Elapsed(0.09, 0.09, 0)), "agrees"),
    "a fault of no name, more": (
        claim("fault_frequency", 2, 2, "week"), counted([5, 5, 5], per="week", fault_known=False), "cannot_tell"),
    "a fault of no name, none": (WEEK, record(Elapsed(None, None), fault_known=False), "cannot_tell"),
    "a fault of no name, as said": (
        claim("fault_frequency", 2, 2, "week"), counted([2, 2, 2], per="week", fault_known=False), "agrees"),
    "no fault of any name": (claim("fault_frequency", 0, 0), counted([0, 1, 0], fault_known=False), "contradicts"),
    "not declared": (claim("battery_runtime", 20, 20), record(Missing("undeclared")), "cannot_tell"),
}  # fmt: skip


def _verdict(case: str) -> Verdict:
    said, product, _ = TABLE[case]
    return judge(said, product, T)


@pytest.mark.parametrize("case", TABLE)
def test_the_table(case: str) -> None:
    found = _verdict(case)
    assert found.verdict == TABLE[case][2], found
    assert (found.why == "compared") == (found.verdict != "cannot_tell")
    assert Verdict.from_json(found.as_json()) == found
    assert found.settings == T.as_json()


@pytest.mark.parametrize("case", TABLE)
def test_sentences_are_whole_in_both_languages(case: str) -> None:
    found = _verdict(case)
    en, fa = found.because.en, found.because.fa
    assert en.startswith("The customer says: ")
    assert fa.startswith("مشتری می‌گوید: ")
    for text in (en, fa):
        assert text.endswith(".")
        assert "{" not in text
        assert "None" not in text
        assert "inf" not in text
    assert not set("0123456789يك") & set(fa.replace(found.claim.quote, ""))
    assert "cannot be told" in en or "too little to tell" in en or found.why == "compared"


@pytest.mark.parametrize("case", TABLE)
def test_differences_come_with_explanations_and_nothing_else_does(case: str) -> None:
    found = _verdict(case)
    assert bool(found.explanations) == (found.verdict not in ("agrees", "cannot_tell"))
    assert len({each.code for each in found.explanations}) == len(found.explanations)


def test_the_story_of_the_first_page() -> None:
    found = _verdict("six, five and seven")
    assert found.because.en == (
        "The customer says: 2 to 3 uses a month; the product reported: 6 uses a month on average over 3 months "
        "(6, 5 and 7); it was heard 100 % of the time."
    )
    assert found.because.fa == (
        "مشتری می‌گوید: ۲ تا ۳ بار استفاده در ماه؛ محصول گزارش کرده است: ۶ بار استفاده در ماه به‌طور میانگین در "
        "۳ ماه (۶، ۵ و ۷)؛ در ۱۰۰٪ زمان از آن خبر رسیده است."
    )
    assert (found.reported.value, found.reported.n, found.allowed) == (6, 18, (1.6, 3.75))
    assert [each.code for each in found.explanations] == ["other_person", "short_uses", "schedule", "definition"]
    assert found.confidence == "medium"  # 18 in 3 months may, just, be a month of 3.75


def test_one_month_may_be_no_habit_and_says_so() -> None:
    found = _verdict("six in a month")
    assert found.reported.interval is not None
    assert found.reported.interval[0] < 3.75
    assert found.confidence == "medium"


def test_what_changed_lately_is_said() -> None:
    found = judge(claim("usage_frequency", 2, 2, "week"), counted([9, 9, 9, 9, 2, 2, 2], per="week"), T)
    assert (found.verdict, found.explanations[0].code) == ("understates", "lately")


def test_doubts_lower_the_confidence() -> None:
    sure = judge(FEW, counted([9, 9, 9]), T)
    unsure = judge(claim("usage_frequency", 2, 3, "month", hedged=True, confidence=0.4), counted([9, 9], 0.6), T)
    assert (sure.confidence, unsure.confidence) == ("high", "low")


def test_every_pill_shows_its_interval() -> None:
    found = _verdict("64 of 90 doses")
    assert found.reported.interval == pytest.approx((61.0, 79.5), abs=0.05)
    assert found.because.en.startswith(
        "The customer says: 100 % of the doses taken; the product reported: 64 of 90 doses, 71 %"
    )


def test_a_runtime_tells_of_how_many_runs_it_is_true() -> None:
    assert "1 of 5 as said" in _verdict("runtime, true of some").because.en
    assert "۱ مورد از ۵ مورد" in _verdict("runtime, true of some").because.fa


def test_thresholds_decide() -> None:
    assert judge(FEW, counted([6]), Thresholds(factor_range_pct=250)).verdict == "agrees"
    assert judge(FEW, counted([6, 6, 6], 0.6), Thresholds(coverage_pct=70)).verdict == "cannot_tell"
    assert judge(EVERY_PILL, record(Share(64, 90)), Thresholds(every_dose_pct=70)).verdict == "agrees"


def test_a_share_stays_within_the_whole_whatever_was_not_heard() -> None:
    told = [judge(EVERY_PILL, record(Share(taken, 90, 900), 0.6), T).reported for taken in (0, 64, 90)]
    assert [(round(one.low or 0, 1), one.high) for one in told] == [(0.0, pytest.approx(100 * 900 / 990)), (
        6.5, pytest.approx(100 * 964 / 990)), (9.1, 100)]  # fmt: skip


def test_doubt_does_not_turn_six_into_two_or_three() -> None:
    few = claim("usage_frequency", 2, 3, "month", hedged=True)
    assert judge(few, counted([6, 5, 7]), T).verdict == "understates"
    assert judge(few, counted([4, 5, 4]), T).verdict == "agrees"


def test_doubt_is_told_of_figures_alone() -> None:
    about = judge(claim("usage_frequency", 3, 4, "week", hedged=True), counted([3, 3, 3], per="week"), T).because
    assert "about 3 to 4 uses a week" in about.en
    assert "حدود ۳ تا ۴ بار استفاده در هفته" in about.fa
    least = judge(claim("usage_frequency", 3, None, "week", hedged=True), counted([3, 3, 3], per="week"), T).because
    assert "says: at least 3 uses a week" in least.en
    assert "می‌گوید: دست‌کم ۳ بار استفاده در هفته" in least.fa


def test_somebodys_words_are_isolated() -> None:
    assert "“\u2068به ندرت\u2069”" in _verdict("rarely, at the top").because.en
