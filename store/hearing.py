"""Whether what devices send reaches us at this moment, by the word of the ingest workers.

Without that nothing can be said of a device that is quiet: the broker may be away, or we may be behind.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from store.slots import Slot

BEAT_WITHIN: Final = timedelta(seconds=30)
"""A worker tells that it hears every five seconds; one that has not for so long is stuck."""

ALWAYS: Final = datetime(1970, 1, 1, tzinfo=UTC)


def hearing(rows: Sequence[Slot], now: datetime) -> tuple[datetime | None, str | None]:
    """Since when all who hold a slot hear; or None, and what is wrong in words.

    Where ingest never held a slot, devices speak HTTP: then what they say is heard as they say it.
    """
    used = [slot for slot in rows if slot.drained_at is None]
    if not used:
        return ALWAYS, None
    held = [slot for slot in used if slot.held]
    if not held:
        return None, "no ingest worker runs"
    for slot in held:
        if slot.hearing_since is None or now - slot.seen_at > BEAT_WITHIN:
            return None, f"the ingest worker of slot {slot.slot} is cut off from the broker, catches up, or is stuck"
    return max(slot.hearing_since for slot in held if slot.hearing_since), None
