"""Why a claim was read as it was, for people: one line a field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from voice.claims.model import Claim, Why

REASONS: Final[Mapping[str, str]] = {
    "frame": "the figure has the shape {0}",
    "doubt": "said with doubt",
    "not_even": "a denied figure is an upper bound",
    "most": "an upper bound follows",
    "least": "a lower bound follows",
    "false": "the sentence denies it",
    "denied": "its verb is denied",
    "topic": "about {0}, by the nearest cue: {1}",
}


def lines(claim: Claim, text: str) -> Iterator[str]:
    """What `vop claims --explain` prints below a claim."""
    yield f"{claim.topic} {bounds(claim)} (confidence {claim.confidence:.2f})"
    yield f"  read in: {claim.quote!r}"
    for why in claim.why:
        yield f"  {why.field}: {reason(why)} - {text[why.span[0] : why.span[1]]!r}"


def bounds(claim: Claim) -> str:
    """The figure in one phrase: "2..3 count a month, denied, with doubt"."""
    if claim.low is None and claim.high is None:
        figure = "no figure"
    else:
        ends = ["" if end is None else f"{end:g}" for end in (claim.low, claim.high)]
        figure = (ends[0] if ends[0] == ends[1] else "..".join(ends)) + f" {claim.unit}"
    per = f" a {claim.per}" if claim.per else ""
    return figure + per + (", denied" if claim.negated else "") + (", with doubt" if claim.hedged else "")


def reason(why: Why) -> str:
    """A reason's code as a sentence."""
    code, _, what = why.because.partition(":")
    if why.field == "topic":
        return REASONS["topic"].format(code, what.replace("_", " "))
    return REASONS.get(code, code).format(what)
