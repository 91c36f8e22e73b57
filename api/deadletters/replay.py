"""Refused messages, tried again: the same two steps as when they came, at the time they came.

Knows nothing of HTTP: the command line replays by the same function.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from catalog import Catalog
from catalog.elements import Reason, Reject
from store import deadletters
from store.database import Connection
from store.deadletters import DeadLetter
from store.intake import Arrival, Outcome
from store.registry import Registry
from wire import topics
from wire.decode import decode
from wire.errors import BadTopic

DAY_MS = 86_400_000

_WHOLE_MESSAGE = frozenset(
    {Reason.UNKNOWN_DEVICE, Reason.NOT_UTF8, Reason.NOT_JSON, Reason.CONTENT_TYPE, Reason.BAD_TOPIC, Reason.TOO_LARGE}
)
"""Reasons that at index 0 mean, or may mean, that nothing of the message was stored."""


class Writes(Protocol):
    """What keeps arrivals: `store.intake.Intake`, or something that has one for each thread."""

    def write(self, conn: Connection, arrivals: Sequence[Arrival], /) -> Outcome:
        """As `Intake.write`."""
        ...


class StillRefused(NamedTuple):
    """A letter whose element is refused again, and why now."""

    dead_letter_id: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of some letters."""

    stored: int
    duplicates: int
    done: list[int]
    """Letters that are no more: stored, or replaced by a new letter of another reason."""
    rejected: list[StillRefused]
    """Those replaced as well as those that stay."""


class Attempt(NamedTuple):
    """A letter and what is understood of it now."""

    letter: DeadLetter
    arrival: Arrival
    """What would be stored, and what would get a letter of another reason."""
    refused: Reason | None
    """Why it stays as it is, None if it does not."""

    @property
    def reason(self) -> Reason | None:
        """Why something of it is refused, None if nothing is."""
        return self.refused or next((reject.reason for reject in self.arrival.rejects), None)

    @property
    def changes(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.arrival.elements or self.arrival.rejects)


def attempt(conn: Connection, catalog: Catalog, letters: Sequence[DeadLetter], raw_days: int) -> list[Attempt]:
    """Decode `letters` with the present catalogue and registry; changes nothing.

    `raw_days`: how long raw telemetry is kept, as for what arrives now.
    """
    registry = Registry()
    return [_attempt(conn, catalog, registry, letter, raw_days) for letter in letters]


def replay(
    conn: Connection,
    storing: Connection,
    intake: Writes,
    catalog: Catalog,
    letters: Sequence[DeadLetter],
    raw_days: int,
) -> Replayed:
    """Store what is now accepted of `letters`, and drop those letters.

    Storing commits on the connection `storing`; dropping belongs to the caller's transaction on `conn`. In between the
    letter and what it held both exist, and a second replay finds duplicates. A letter that is refused for the same
    reason stays, uncounted, with the time of the try in `replayed_at`.
    """
    attempts = attempt(conn, catalog, letters, raw_days)
    changing = [one for one in attempts if one.changes]
    outcome = intake.write(storing, [one.arrival for one in changing]) if changing else Outcome()
    refused = {one.letter.dead_letter_id: one.refused for one in attempts if one.refused}
    stays, counted = set(refused), set()
    for number, reject in outcome.rejects:  # they have letters by now, written with the rest
        letter = changing[number].letter
        refused.setdefault(letter.dead_letter_id, reject.reason)
        if _is_same(letter, reject):
            stays.add(letter.dead_letter_id)
            counted.add(letter.dead_letter_id)
    done = [letter.dead_letter_id for letter in letters if letter.dead_letter_id not in stays]
    deadletters.mark_stored(conn, done)
    deadletters.mark_refused_again(conn, [one for one in letters if one.dead_letter_id in stays], counted)
    rejected = [StillRefused(number, reason) for number, reason in sorted(refused.items())]
    return Replayed(outcome.stored + outcome.states, outcome.duplicates, done, rejected)


def _attempt(conn: Connection, catalog: Catalog, registry: Registry, letter: DeadLetter, raw_days: int) -> Attempt:
    """The refused element of `letter` alone: its neighbours were stored when it came, or have letters of their own."""
    arrived_ms = int(letter.first_at.timestamp() * 1000)
    arrival = Arrival(letter.topic, letter.payload, arrived_ms, None, None, (), ())
    try:
        topic = topics.parse(letter.topic)
    except BadTopic:
        return Attempt(letter, arrival, Reason.BAD_TOPIC)
    known = registry.lookup(conn, [topic.device]).get(topic.device)
    if known is None or known.product not in catalog:
        return Attempt(letter, arrival, Reason.UNKNOWN_DEVICE)
    elements, rejects = decode(
        topic.channel,
        letter.payload,
        catalog[known.product],
        arrived_at_ms=arrived_ms,
        oldest_ts_ms=arrived_ms - raw_days * DAY_MS,
    )
    if letter.reason == Reason.CONTENT_TYPE and not elements:
        # What it called itself is not kept with it, and "not JSON" would hide that it never said it was.
        return Attempt(letter, arrival, Reason.CONTENT_TYPE)
    if not (letter.element_index == 0 and letter.reason in _WHOLE_MESSAGE):
        whole = rejects
        elements = [e for e in elements if e.index == letter.element_index]
        rejects = [r for r in rejects if r.index == letter.element_index]
        if not elements and not rejects:  # it cannot be taken apart any more
            return Attempt(letter, arrival, whole[0].reason)
    same = [reject for reject in rejects if _is_same(letter, reject)]
    others = [reject for reject in rejects if not _is_same(letter, reject)]
    arrival = arrival._replace(device_id=known.device_id, product=known.product, elements=elements, rejects=others)
    return Attempt(letter, arrival, same[0].reason if same else None)


def _is_same(letter: DeadLetter, reject: Reject) -> bool:
    return (reject.index, reject.reason) == (letter.element_index, letter.reason)
