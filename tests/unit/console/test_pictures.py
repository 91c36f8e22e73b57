"""The picture of both voices: what stands where, and what is said instead of being guessed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api.console.pictures import HEIGHT, NARROW, WIDE, Chart, Voice, of_periods
from api.console.scales import scales
from api.statements.verdict_schemas import Judged

START = datetime(2026, 3, 1, tzinfo=UTC)
MONTH = timedelta(days=30)
SAID_AT = START + 3.5 * MONTH


def judged(counts: list[float], coverages: list[float | None], *, first: int = 0, **claim: Any) -> Judged:
    """A verdict on "two or three times a month" over these months."""
    said = {
        "topic": "usage_frequency", "low": 2.0, "high": 3.0, "unit": "count", "per": "month", "hedged": False,
        "negated": False, "quote": "",
    } | claim  # fmt: skip
    periods = [
        {
            "from": START + (first + n) * MONTH,
            "to": START + (first + n + 1) * MONTH,
            "label": f"2026-{first + n + 3:02}",
            "count": count,
            "coverage": coverage,
        }
        for n, (count, coverage) in enumerate(zip(counts, coverages, strict=True))
    ]
    window = {"from": START + first * MONTH, "to": START + (first + len(counts)) * MONTH}
    reported = {
        "value": 6.0, "low": 6.0, "high": 7.0, "unit": said["unit"], "per": said["per"], "window": window,
        "coverage": 0.9, "n": 18, "periods": periods,
    }  # fmt: skip
    return Judged.model_validate(
        {
            "verdict": "understates", "confidence": "medium", "why": "compared", "claim": said,
            "allowed": (1.6, 3.75), "reported": reported, "because": {"en": "", "fa": ""}, "settings": {}, "method": 1,
        }
    )  # fmt: skip


def wide(*verdicts: Judged) -> Chart:
    """The one picture of these."""
    [picture] = of_periods(Voice(n, one, SAID_AT) for n, one in enumerate(verdicts, 1))
    return picture.charts()[0]


def test_a_count_stands_above_the_band_that_it_exceeds() -> None:
    chart = wide(judged([6, 6, 6], [1, 1, 1]))
    [band] = chart.bands
    assert len(chart.bars) == 3
    for bar in chart.bars:
        assert bar.heard.y < band.box.y < band.box.y + band.box.height < bar.heard.y + bar.heard.height
        assert bar.unheard is None
        assert bar.dark is None
        assert bar.coverage == bar.strip
    assert band.allowed is not None
    assert band.allowed.y < band.box.y
    assert band.moment > chart.bars[-1].heard.x + chart.bars[-1].heard.width
    assert chart.plot.x <= chart.bars[0].heard.x
    assert all(chart.plot.y <= tick.y <= HEIGHT for tick in chart.ticks)


def test_what_may_have_happened_unheard_stands_on_top_and_too_little_heard_is_dark() -> None:
    whole, half, little, silent = wide(judged([6, 3, 1, 0], [1, 0.6, 0.2, None])).bars
    assert whole.unheard is None
    assert half.unheard is not None
    assert half.unheard.height == pytest.approx(half.heard.height * (1 / 0.6 - 1))
    assert half.coverage.width == pytest.approx(half.strip.width * 0.6)
    assert little.unheard is silent.unheard is None
    assert None not in (little.dark, silent.dark)
    assert (little.counted, silent.counted) == (True, False)  # nothing heard is not none
    assert half.dark is None


def test_silences_are_shaded_where_they_were() -> None:
    [picture] = of_periods([Voice(1, judged([6, 3], [1, 0.5]), SAID_AT)])
    picture.gaps.append((START + 1.25 * MONTH, START + 1.75 * MONTH))
    chart = picture.charts()[0]
    first, second = chart.bars
    [gap], [silent] = chart.gaps, chart.silent
    assert first.strip.x + first.strip.width < gap.x
    assert gap.width == pytest.approx(silent.width) == pytest.approx(second.strip.width / 2, abs=3)
    assert (silent.y, second.coverage) == (second.strip.y, second.strip)


def test_claims_of_one_kind_share_a_picture_while_their_periods_fit() -> None:
    older, newer = judged([5, 5, 5], [1, 1, 1]), judged([5, 6, 6], [1, 1, 1], first=1)
    [picture] = of_periods([Voice(1, older, SAID_AT), Voice(2, newer, SAID_AT + MONTH)])
    assert [period.count for period in picture.periods] == [5, 5, 6, 6]  # the newer one is believed
    assert [voice.number for voice in picture.voices] == [1, 2]
    cut = older.reported.periods[0].model_copy(update={"to": START + MONTH / 2})  # of a month the others have whole
    halves = older.model_copy(update={"reported": older.reported.model_copy(update={"periods": [cut]})})
    assert len(of_periods([Voice(1, older, SAID_AT), Voice(2, halves, SAID_AT)])) == 2
    others = [
        Voice(3, judged([5], [1], topic="fault_frequency"), SAID_AT),
        Voice(4, judged([5], [1], per="week"), SAID_AT),
        Voice(5, older, SAID_AT, "vac-2"),
    ]
    assert len(of_periods([Voice(1, older, SAID_AT), *others])) == 4


def test_bounds_that_are_open_reach_the_edge_and_words_have_no_band() -> None:
    at_least = wide(judged([6], [1], low=2.0, high=None)).bands[0]
    assert at_least.open_above
    at_most = wide(judged([6], [1], low=None, high=3.0))
    foot = at_most.plot.y + at_most.plot.height
    assert at_most.bands[0].box.y + at_most.bands[0].box.height == pytest.approx(foot)
    assert wide(judged([6], [1], low=None, high=None)).bands[0].box.height == 0


def test_without_a_period_the_window_is_one_bar_and_longer_periods_are_rates() -> None:
    [bar] = wide(judged([2, 3, 1], [1, 1, 1], per=None)).bars
    assert bar.value == 6
    daily = wide(judged([60], [1], per="day"))
    assert daily.bars[0].value == pytest.approx(2)


def test_never_beside_nothing_has_a_scale_all_the_same() -> None:
    chart = wide(judged([0, 0], [1, 1], low=0.0, high=0.0))
    assert [tick.value for tick in chart.ticks][-1] >= 1
    assert all(bar.heard.height == 0 for bar in chart.bars)


def test_names_do_not_touch_on_a_telephone() -> None:
    [picture] = of_periods([Voice(1, judged([6] * 9, [1] * 9), SAID_AT)])
    desk, phone = picture.charts()
    assert (desk.width, phone.width) == (WIDE, NARROW)
    assert sum(bar.named for bar in phone.bars) < sum(bar.named for bar in desk.bars) <= 9


def test_two_voices_of_one_moment_are_named_once() -> None:
    one = judged([6, 6], [1, 1])
    assert [band.named for band in wide(one, one).bands].count(True) == 1


def test_a_scale_has_both_sides_and_says_where_no_end_is_known() -> None:
    shorter = judged([], [], topic="battery_runtime", unit="min", per=None, low=None, high=20.0)
    pair = scales(shorter)
    assert pair is not None
    scale = pair[0]
    assert scale.said.x == pytest.approx(scale.plot.x)
    assert scale.point is not None
    assert scale.said.x < scale.point <= scale.reported.x + scale.reported.width
    share = scales(judged([], [], topic="adherence", unit="percent", per=None, low=100.0, high=100.0))
    assert share is not None
    assert [tick.value for tick in share[0].ticks] == [0, 25, 50, 75, 100]
    unknown = shorter.model_copy(update={"reported": shorter.reported.model_copy(update={"value": None, "high": None})})
    open_pair = scales(unknown)
    assert open_pair is not None
    assert (open_pair[0].point, open_pair[0].reported.open) == (None, True)
    vague = shorter.model_copy(update={"claim": shorter.claim.model_copy(update={"high": None})})
    assert scales(vague) is None
