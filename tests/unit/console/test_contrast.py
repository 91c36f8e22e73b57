"""Colours of the tokens against WCAG 2.2: a contrast of 4.5 for text (1.4.3), 3 for marks and edges (1.4.11)."""

from __future__ import annotations

import re

import pytest

from api.console.assets import ROOT

TOKENS = (ROOT / "css" / "tokens.css").read_text()
_LIGHT, _DARK = TOKENS.split("@media (prefers-color-scheme: dark)")
GROUNDS = ("ground", "surface", "raised")
TEXT = [(text, ground) for text in ("text", "soft", "link", "good", "warn", "bad") for ground in GROUNDS]
TEXT += [(tone, f"{tone}-ground") for tone in ("good", "warn", "bad", "info", "quiet")]
TEXT += [("on-accent", "accent"), ("text", "bad-ground")]
MARKS = [(mark, ground) for mark in ("edge", "accent", "focus", "chart-line", "chart-mark") for ground in GROUNDS]


def colours(theme: str) -> dict[str, str]:
    """Colours of a theme by their token."""
    own = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", _DARK if theme == "dark" else _LIGHT))
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", _LIGHT)) | own


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """From 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_extremes_are_known() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") < 4.5 < contrast("#767676", "#ffffff")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(TEXT, 4.5), (MARKS, 3.0)], ids=["text", "marks"])
def test_every_pair_has_its_contrast(theme: str, pairs: list[tuple[str, str]], least: float) -> None:
    known = colours(theme)
    wrong = {pair: round(contrast(known[pair[0]], known[pair[1]]), 2) for pair in pairs}
    assert {pair: found for pair, found in wrong.items() if found < least} == {}
