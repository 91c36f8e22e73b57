"""Refused messages, tried again: the same two steps as when they came, at the time they came."""

from __future__ import annotations

from collections.abc import Sequence

from api.deadletters.schemas import Replayed, StillRefused
from api.services import Services
from catalog import Catalog
from catalog.elements import Reason, Reject
from store import deadletters
from store.database import Connection
from store.deadletters import DeadLetter
from store.intake import Arrival
from store.registry import Registry
from wire import topics
from wire.decode import decode
from wire.errors import BadTopic

DAY_MS = 86_400_000


_WHOLE_MESSAGE = frozenset({"unknown_device", "not_utf8", "not_json", "content_type", "bad_topic"})
"""Reasons for which nothing of the message was stored."""


def replay(services: Services, conn: Connection, ids: Sequence[int]) -> Replayed:
    """Store what is now accepted of the letters `ids`, and drop those letters.

    Storing commits on a connection of its own; dropping belongs to the caller's transaction. In between the letter
    and what it held both exist, and a second replay finds duplicates.
    """
    letters = deadletters.replayable(conn, ids=ids, limit=len(ids))
    registry, oldest_days = Registry(), services.settings.raw_days
    arrivals = [_arrival(conn, services.catalog, registry, letter, oldest_days) for letter in letters]
    with services.database.connection() as own:
        outcome = services.intake.write(own, arrivals)
    refused: dict[int, str] = {}
    for number, reject in outcome.rejects:
        refused.setdefault(number, reject.reason.value)
    # Refused for another reason it has a new letter, written with the outcome.
    done = [letter.dead_letter_id for number, letter in enumerate(letters) if refused.get(number) != letter.reason]
    deadletters.mark_replayed(conn, done)
    return Replayed(
        stored=outcome.stored + outcome.states,
        duplicates=outcome.duplicates,
        done=done,
        rejected=[
            StillRefused(dead_letter_id=letters[number].dead_letter_id, reason=reason)
            for number, reason in sorted(refused.items())
        ],
        unknown=sorted(set(ids) - {letter.dead_letter_id for letter in letters}),
    )


def _arrival(conn: Connection, catalog: Catalog, registry: Registry, letter: DeadLetter, oldest_days: int) -> Arrival:
    """The refused element of `letter` alone: its neighbours were stored when it came, or have letters of their own."""
    arrived_ms = int(letter.first_at.timestamp() * 1000)
    try:
        topic = topics.parse(letter.topic)
    except BadTopic as error:
        return _still(letter, arrived_ms, Reason.BAD_TOPIC, str(error))
    known = registry.lookup(conn, [topic.device]).get(topic.device)
    if known is None or known.product not in catalog:
        detail = "not in the registry, or its product not in the catalogue"
        return _still(letter, arrived_ms, Reason.UNKNOWN_DEVICE, detail)
    decoded = decode(
        topic.channel,
        letter.payload,
        catalog[known.product],
        arrived_at_ms=arrived_ms,
        oldest_ts_ms=arrived_ms - oldest_days * DAY_MS,
    )
    whole = letter.reason in _WHOLE_MESSAGE
    elements = [e for e in decoded.elements if whole or e.index == letter.element_index]
    rejects = [r for r in decoded.rejects if whole or r.index == letter.element_index]
    return Arrival(letter.topic, letter.payload, arrived_ms, known.device_id, known.product, elements, rejects)


def _still(letter: DeadLetter, arrived_ms: int, reason: Reason, detail: str) -> Arrival:
    reject = Reject(letter.element_index, reason, detail)
    return Arrival(letter.topic, letter.payload, arrived_ms, None, None, [], [reject])
