"""A claim as it is kept: the contract's members, and where, why and how surely it was read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from voice.claims.model import Claim, Why, Window

CONTRACT = ("topic", "low", "high", "unit", "per", "hedged", "negated", "quote", "window")
"""The members of a claim that outsiders rely on."""


def as_kept(claim: Claim) -> dict[str, Any]:
    """The claim as JSON values; `from_kept` reads it back."""
    return {
        **claim.as_json(),
        "span": list(claim.span),
        "confidence": claim.confidence,
        "why": [{"field": why.field, "because": why.because, "span": list(why.span)} for why in claim.why],
    }


def from_kept(kept: Mapping[str, Any]) -> Claim:
    """The claim that `as_kept` wrote, or a person: who corrects gives no span and is sure."""
    window = kept.get("window")
    return Claim(
        topic=kept["topic"],
        low=kept["low"],
        high=kept["high"],
        unit=kept["unit"],
        per=kept["per"],
        hedged=kept["hedged"],
        negated=kept["negated"],
        quote=kept.get("quote", ""),
        span=_span(kept.get("span", (0, 0))),
        window=window and Window(datetime.fromisoformat(window["from"]), datetime.fromisoformat(window["to"])),
        why=tuple(Why(why["field"], why["because"], _span(why["span"])) for why in kept.get("why", ())),
        confidence=kept.get("confidence", 1.0),
    )


def _span(kept: Any) -> tuple[int, int]:
    start, end = kept
    return int(start), int(end)
