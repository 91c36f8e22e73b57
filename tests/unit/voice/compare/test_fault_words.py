"""Which fault a claim speaks of, by the words of the catalogue."""

from __future__ import annotations

import pytest

import catalog
from tests.unit.voice.compare.saying import claim
from voice.compare.fetch.faults import named, spoken_of

CATALOG = catalog.load()


@pytest.mark.parametrize(
    ("product", "quote", "kinds"),
    [
        ("robot_vacuum", "gets stuck every day", {"stuck"}),
        ("robot_vacuum", "brush jams every time", {"brush_jam"}),
        ("robot_vacuum", "سه چهار روزه برسش نمیچرخه", {"brush_jam"}),
        ("robot_vacuum", "هفته‌ای دو بار گیر ميكنه", {"stuck"}),
        ("software", "crashed 3 times today", {"crash"}),
        ("pill_dispenser", "jammed twice", {"jam"}),
        ("stock_sensor", "هفته‌ای ۴ بار قطع می‌شه", {"offline"}),
    ],
)
def test_words_are_met_with_their_endings(product: str, quote: str, kinds: set[str]) -> None:
    found = spoken_of(CATALOG[product], claim("fault_frequency", 2, 2, "week", quote=quote), None)
    assert found.known
    assert {fault.kind for fault in found.faults} == kinds


def test_what_stands_near_is_looked_at_before_the_rest() -> None:
    text = "The brush jams twice a week." + " It is old." * 12 + " And it is stuck three times a day."
    begin = text.index("three times a day")
    said = claim("fault_frequency", 3, 3, "day", quote="three times a day", span=(begin, begin + 17))
    assert {f.kind for f in spoken_of(CATALOG["robot_vacuum"], said, text).faults} == {"stuck"}


def test_a_fault_without_a_word_may_be_any_or_none() -> None:
    vacuum = CATALOG["robot_vacuum"]
    found = spoken_of(vacuum, claim("fault_since", 30, 30, quote="squeaking for over a month"), None)
    assert not found.known
    assert found.faults == vacuum.fault
    assert named(found.faults) == ("any of its faults", "هر یک از ایرادهایش")
    assert named(vacuum.fault[:1]) == ("Gets stuck", "گیر می‌کند")
