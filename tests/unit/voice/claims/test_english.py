"""English statements and the claims they hold, a construction a line (english.txt)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import catalog
from tests.statements.scoring import matched
from voice.claims import extract

PRODUCTS = catalog.load()
LINES = [
    line.split(" | ")
    for line in Path(__file__).with_name("english.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]


def _labelled(written: str) -> dict[str, Any]:
    topic, low, high, unit, per, *marks = written.split()
    bounds = [None if end == "-" else float(end) for end in (low, high)]
    return {
        "topic": topic, "low": bounds[0], "high": bounds[1], "unit": unit, "per": None if per == "-" else per,
        "hedged": "H" in marks, "negated": "N" in marks,
    }  # fmt: skip


@pytest.mark.parametrize(("product", "text", "labels"), LINES, ids=[line[1][:60] for line in LINES])
def test_the_claims_of_a_statement(product: str, text: str, labels: str) -> None:
    expected = [] if labels == "-" else [_labelled(part) for part in labels.split(";")]
    found = [claim.as_json() for claim in extract(text, PRODUCTS[product], "en")]
    pairs = matched(expected, found)
    assert len(pairs) == len(expected) == len(found), found
    assert all(wanted["hedged"] == got["hedged"] for wanted, got in pairs), found
