"""The normaliser: one way of writing, and always the way back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.claims.text import normalise

PERSIAN = st.text(alphabet="ابپتیيكک\u200cـًٌ ۀةأؤئ۰۱٣٤12ﻗﺮﷲ\u0653\u0654'’«»…؟،\r\n", max_size=60)


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("٣ بار ۳ بار 3 بار", "3 بار 3 بار 3 بار"),
        ("هفته‌ي كشو", "هفته‌ی کشو"),
        ("۲٫۵ و ۱٬۲۰۰", "2.5 و 1,200"),
        ("قُرصِ مَن", "قرص من"),
        ("هفتهٔ هفتۀ", "هفته هفته"),
        ("خیلیییی زیاااااد", "خیلی زیاد"),
        ("ســــلام", "سلام"),
        ("ﻗﺮﺹ", "قرص"),
        ("Café DON’T – “ok”…", 'cafe don\'t - "ok"...'),
        ("آ \u0627\u0653ن", "آ آن"),
        ("a\r\nb", "a\nb"),
        ("\u200f۳\u200e بار\u202c", "3 بار"),
        ("٪ ؟ ، ؛", "% ? , ;"),
        ("", ""),
    ],
)
def test_one_way_of_writing(written: str, normal: str) -> None:
    assert normalise(written).text == normal


@given(st.text() | PERSIAN)
def test_every_character_maps_to_the_original(text: str) -> None:
    normal = normalise(text)
    assert len(normal.offsets) == len(normal.text) + 1
    assert normal.offsets[-1] == len(text)
    assert all(0 <= offset < len(text) for offset in normal.offsets[:-1])
    assert list(normal.offsets) == sorted(normal.offsets)


@given(st.text() | PERSIAN, st.data())
def test_a_span_is_the_quote_it_came_from(text: str, data: st.DataObject) -> None:
    normal = normalise(text)
    begin = data.draw(st.integers(0, len(normal.text)))
    end = data.draw(st.integers(begin, len(normal.text)))
    start, stop = normal.span(begin, end)
    assert 0 <= start <= stop <= len(text)
    quoted = normalise(text[start:stop]).text
    assert normal.text[begin:end] in quoted or "آ" in quoted or "..." in quoted or len(quoted) <= end - begin


@given(st.text() | PERSIAN)
def test_normal_text_is_left_alone(text: str) -> None:
    once = normalise(text).text
    assert normalise(once).text == once
