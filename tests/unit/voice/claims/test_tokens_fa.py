"""Persian words as the lexicon sees them."""

from __future__ import annotations

import pytest

from voice.claims.text import normalise
from voice.claims.tokens import tokenise


def _words(text: str) -> str:
    return " ".join(token.text for token in tokenise(normalise(text), "fa"))


@pytest.mark.parametrize(
    "variants",
    [
        ("می خورم", "می‌خورم", "میخورم", "می‌خوریم", "mikhoram"),
        ("نمی خورم", "نمی‌خورم", "نمیخوره", "nemikhoram"),
        ("هفته ای", "هفته‌ای", "هفتهای", "هفته اي", "haftei", "hafte i"),
        ("قرص", "قرص‌ها", "قرص ها", "قرصم", "قرص‌هامو", "قرصاشون", "ghorsamo"),
        ("باتری", "باتريش", "باتریش", "batrish"),
        ("یک هفته است", "یه هفته‌ست", "یه هفته‌س", "یه هفتس", "یِه هفتِس", "ye hafte ast"),
        ("سه روز است", "سه روزه", "سه‌روزه", "سه روزس", "se rooze"),
        ("دو بار", "دوبار", "دو‌بار", "do bar"),
        ("یک بار هم", "یه بارم", "یه بار هم"),
        ("سه‌شنبه‌ها", "سه شنبه ها", "سه‌شنبه ها", "سهشنبه‌ها"),
        ("هیچ وقت", "هیچوقت", "هیچ‌وقت", "hichvaght"),
        ("یک روز در میان", "یه روز درمیون", "يكروز درميون", "ye rooz dar miyoon"),
        ("بیست دقیقه", "بیست دیقه", "بیست دقیقه‌ی"),
        ("۲-۳ بار", "2 - 3 بار", "۲ ۳ بار"),
    ],
)
def test_spellings_of_one_thing_meet(variants: tuple[str, ...]) -> None:
    assert {_words(variant) for variant in variants} == {_words(variants[0])}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("نخوردم", "ن\u200c خورد"),
        ("نیفتاده", "ن\u200c افتاده"),
        ("نیست", "ن\u200c است"),
        ("برنمی‌داره", "بر ن\u200c میدار"),
        ("پنج شش ماهی میشه", "پنج شش ماه ی\u200c میش"),
        ("بیست تایی", "بیست تا ی\u200c"),
        ("ماهی دو بار", "ماهی دو بار"),
        ("نه روز", "نه\u200c روز"),
        ("نه، سه روز", "نه , سه روز"),
        ("یه ده روزی", "یه\u200c ده روز ی\u200c"),
        ("خالیه", "خالی است"),
        ("نیم ساعتم نکشید", "نیم ساعت هم ن\u200c کشید"),
        ("دوام میاره", "دوام میآر"),
        ("باید برنامه‌م", "باید برنامه"),
        ("ساعت2", "ساعت 2"),
        ("۱۴۰۳/۰۵/۰۲", "1403/05/02"),
        ("مردم گوش دادن", "مردم گوش داد"),
    ],
)
def test_what_a_word_is_taken_apart_into(text: str, words: str) -> None:
    assert _words(text) == words


def test_a_word_taken_apart_keeps_its_whole_place() -> None:
    text = "قرص‌هامو نمی‌خورم"
    tokens = tokenise(normalise(text), "fa")
    assert [text[token.start : token.end] for token in tokens] == ["قرص‌هامو", "نمی‌خورم", "نمی‌خورم"]
