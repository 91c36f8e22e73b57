from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.console.readers import NOW, reading

EN, FA, PERSIAN = reading(), reading("fa"), reading("fa", "persian", "Asia/Tehran")


@pytest.mark.parametrize(
    ("value", "digits", "en", "fa"),
    [
        (0, None, "0", "۰"),
        (12345.678, None, "12,345.68", "۱۲٬۳۴۵٫۶۸"),
        (0.01234, None, "0.0123", "۰٫۰۱۲۳"),
        (-3.5, None, "\u200e−3.5", "\u200e−۳٫۵"),
        (6.0, 1, "6.0", "۶٫۰"),
        (None, None, "–", "–"),
    ],
)
def test_numbers(value: float | None, digits: int | None, en: str, fa: str) -> None:
    assert EN.number(value, digits) == en
    assert FA.number(value, digits) == fa


@pytest.mark.parametrize(
    ("share", "en", "fa"),
    [
        (0.713, "71%", "۷۱٪"),
        (0.9999, "99%", "۹۹٪"),
        (0.0001, "less than 1%", "کمتر از ۱٪"),
        (1, "100%", "۱۰۰٪"),
        (0, "0%", "۰٪"),
    ],
)
def test_a_share_is_never_rounded_to_all_or_nothing(share: float, en: str, fa: str) -> None:
    assert (EN.percent(share), FA.percent(share)) == (en, fa)


def test_values_carry_their_unit_and_keep_their_direction() -> None:
    assert EN.value(23.5, "Cel") == '<bdi>23.5</bdi>\u00a0<bdi dir="ltr">°C</bdi>'
    assert FA.value(71.25, "%") == "<bdi>۷۱٫۲۵٪</bdi>"
    assert (EN.value(1, "{dose}"), EN.value(12, "{dose}"), FA.value(12, "{dose}")) == ("1 dose", "12 doses", "۱۲ دوز")
    assert (EN.value(True), FA.value(False)) == ("yes", "خیر")
    assert EN.value(5, "{widget}") == "5 widget"


def test_what_a_device_says_is_text() -> None:
    assert "<script>" not in EN.value("<script>alert(1)</script>")
    assert "<b>" not in EN.value(1, "{<b>}")


@pytest.mark.parametrize(
    ("seconds", "en", "fa"),
    [
        (0.25, "250 ms", "۲۵۰"),
        (59, "59 secs", "۵۹ ثانیه"),
        (3600, "1 hr", "۱ ساعت"),
        (93_784, "1 day 2 hrs", "۱ روز و ۲ ساعت"),
        (86_400 + 120, "1 day", "۱ روز"),
    ],
)
def test_durations_have_two_units_at_most(seconds: float, en: str, fa: str) -> None:
    assert EN.duration(seconds) == en
    assert FA.duration(seconds).startswith(fa)


@pytest.mark.parametrize(
    ("gone", "en", "fa"),
    [
        (timedelta(seconds=2), "just now", "همین حالا"),
        (timedelta(minutes=3, seconds=59), "3 minutes ago", "۳ دقیقه پیش"),
        (timedelta(days=2), "2 days ago", "۲ روز پیش"),
        (timedelta(hours=-2), "in 2 hours", "۲ ساعت دیگر"),
    ],
)
def test_ages(gone: timedelta, en: str, fa: str) -> None:
    assert (EN.ago(NOW - gone), FA.ago(NOW - gone)) == (en, fa)


def test_nothing_heard_is_said() -> None:
    assert (EN.ago(None), EN.datetime(None), EN.duration(None), EN.machine(None)) == ("never", "–", "–", "")


@given(st.timedeltas(timedelta(days=-4000), timedelta(days=4000)))
def test_a_persian_age_has_no_latin_letter(gone: timedelta) -> None:
    assert not re.search(r"[A-Za-z0-9]", FA.ago(NOW - gone) + FA.duration(abs(gone) + timedelta(seconds=1)))


def test_days_follow_calendar_zone_and_language() -> None:
    late = datetime(2026, 11, 21, 21, 0, tzinfo=UTC)  # half past midnight in Tehran
    assert EN.date(late) == "21 Nov 2026"
    assert PERSIAN.date(late) == "۱ آذر ۱۴۰۵"
    assert PERSIAN.datetime(late) == "۱ آذر ۱۴۰۵، ۰۰:۳۰"
    assert reading("en", "persian").date(date(2026, 3, 21)) == "1 Farvardin 1405"
    assert FA.date(late) == "۲۱ نوامبر ۲۰۲۶"


@pytest.mark.parametrize(
    ("zone", "offset"),
    [("UTC", "UTC"), ("Asia/Tehran", "UTC+3:30"), ("America/New_York", "UTC−5"), ("Asia/Kathmandu", "UTC+5:45")],
)
def test_the_offset_is_told(zone: str, offset: str) -> None:
    assert reading(zone=zone).offset() == offset


def test_machines_read_utc() -> None:
    assert EN.machine(datetime(2026, 11, 22, 12, 0, 0, 5, tzinfo=UTC)) == "2026-11-22T12:00:00Z"


def test_sizes() -> None:
    assert (EN.bytes(0), EN.bytes(1), EN.bytes(999)) == ("0 bytes", "1 byte", "999 bytes")
    assert (EN.bytes(1000), EN.bytes(10_485_760), EN.bytes(None)) == ("1 kB", "10.5 MB", "–")
    assert (EN.bytes(999_400), EN.bytes(999_700)) == ("999 kB", "1 MB")
