"""Words for what customers said and what came of it, not yet translated: topics, verdicts, channels, states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any, Final, NamedTuple

from api.console.catalogues import N_

MICROSECOND: Final = timedelta(microseconds=1)
"""Before the end of a half-open period lies its last day."""
SECOND: Final = timedelta(seconds=1)
LONGEST_DAY: Final = timedelta(hours=25)
"""When clocks are put back."""
TOPICS: Mapping[str, str] = {
    "usage_frequency": N_("How often it is used"),
    "usage_duration": N_("How long it is used"),
    "missed_doses": N_("Doses missed"),
    "adherence": N_("Share of the doses taken"),
    "battery_runtime": N_("How long a charge or battery lasts"),
    "fault_frequency": N_("How often a fault comes"),
    "fault_since": N_("How long a fault has been there"),
    "stock_level": N_("How much is there"),
    "stock_consumption": N_("How much is used up"),
    "last_used": N_("When it was last used"),
}
UNITS: Mapping[str, tuple[str, str]] = {
    "count": (N_("%(figure)s time"), N_("%(figure)s times")),
    "min": (N_("%(figure)s minute"), N_("%(figure)s minutes")),
    "day": (N_("%(figure)s day"), N_("%(figure)s days")),
    "percent": (N_("%(figure)s percent"), N_("%(figure)s percent")),
    "item": (N_("%(figure)s item"), N_("%(figure)s items")),
}
"""For exactly one, and for any other figure."""
PERS: Mapping[str, str] = {
    "day": N_("%(figure)s a day"),
    "week": N_("%(figure)s a week"),
    "month": N_("%(figure)s a month"),
    "year": N_("%(figure)s a year"),
}
UNIT_NAMES: Mapping[str, str] = {
    "count": N_("times"),
    "min": N_("minutes"),
    "day": N_("days"),
    "percent": N_("percent"),
    "item": N_("items"),
}
PER_NAMES: Mapping[str, str] = {
    "": N_("no period"),
    "day": N_("a day"),
    "week": N_("a week"),
    "month": N_("a month"),
    "year": N_("a year"),
}


class Told(NamedTuple):
    """How a word of ours is told, and in which tone."""

    label: str
    tone: str


# Neither side is accused: what differs is worth a look (info), not bad.
VERDICTS: Mapping[str, Told] = {
    "agrees": Told(N_("Agrees"), "good"),
    "understates": Told(N_("The product reports more"), "info"),
    "overstates": Told(N_("The product reports less"), "info"),
    "contradicts": Told(N_("The product reports otherwise"), "warn"),
    "cannot_tell": Told(N_("Cannot be told"), "quiet"),
}
CONFIDENCE: Mapping[str, str] = {
    "high": N_("high confidence"),
    "medium": N_("medium confidence"),
    "low": N_("low confidence"),
}
CHANNELS: Mapping[str, str] = {
    "phone": N_("Phone"),
    "email": N_("E-mail"),
    "chat": N_("Chat"),
    "sms": N_("Text message"),
    "social": N_("Social media"),
    "visit": N_("Visit"),
    "app": N_("App"),
}
UNCOMPARED: Mapping[str, str] = {
    "no_claim": N_("No figure about the product was found in it, so there is nothing to compare."),
    "no_consent": N_("Not compared: the customer has not agreed to the purpose compare_usage."),
    "no_product": N_("Not compared: it is not known which product it is about. Choose the device."),
    "too_long": N_("Not compared: it took too long. Compare it again later."),
}
STATES: Mapping[str, Told] = {
    "open": Told(N_("Open"), "warn"),
    "waiting": Told(N_("Waiting for the customer"), "info"),
    "solved": Told(N_("Solved"), "good"),
    "reopened": Told(N_("Reopened"), "bad"),
}
PROMISES: Mapping[str, Told] = {
    "open": Told(N_("To be kept"), "info"),
    "kept": Told(N_("Kept"), "good"),
    "late": Told(N_("Kept late"), "warn"),
    "broken": Told(N_("Overdue"), "bad"),
}
FIXES: Mapping[str, str] = {
    "command": N_("A command to the product"),
    "firmware": N_("New firmware"),
    "visit": N_("A visit"),
    "advice": N_("Advice"),
}
STEPS: Mapping[str, str] = {
    "opened": N_("Opened"),
    "answered": N_("Answered"),
    "closed": N_("Closed"),
    "reopened": N_("Reopened"),
    "held": N_("The fix held; the watch ended"),
}
CAME_BACK: Mapping[str, str] = {
    "fault": N_("A fault came back"),
    "claim": N_("The customer says the same again"),
    "statement": N_("The customer spoke of it again"),
    "person": N_("Somebody took it up again"),
}
FIELDS: Mapping[str, str] = {
    "low": N_("Figure"),
    "high": N_("Upper bound"),
    "per": N_("Period"),
    "topic": N_("Topic"),
    "hedged": N_("Said with doubt"),
    "negated": N_("Denied"),
    "window": N_("Time spoken of"),
    "dropped": N_("Left out"),
}
REASONS: Mapping[str, str] = {
    "frame": N_("a figure with its unit and period"),
    "doubt": N_("words of doubt"),
    "not_even": N_("a denied figure is an upper bound"),
    "most": N_("an upper bound follows"),
    "least": N_("a lower bound follows"),
    "false": N_("the sentence denies it"),
    "denied": N_("its verb is denied"),
}
"""By the code before the colon; of a topic the code is the topic itself."""


class Piece(NamedTuple):
    """A piece of a statement's text; `claims` are the numbers of those read in it."""

    text: str
    claims: tuple[int, ...]


def marked(text: str, claims: Sequence[Any]) -> list[Piece]:
    """The text in pieces, so that what each claim was read in can be marked. `claims` have `n`, `span`; those without a
    span within the text were found by a person and mark nothing.
    """
    spans = [(one.span[0], one.span[1], one.n) for one in claims if 0 <= one.span[0] < one.span[1] <= len(text)]
    edges = sorted({0, len(text), *(edge for start, end, _ in spans for edge in (start, end))})
    return [
        Piece(text[start:end], tuple(n for a, b, n in spans if a <= start and end <= b))
        for start, end in pairwise(edges)
    ]
