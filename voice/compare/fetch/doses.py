"""Doses beside a regimen: what was taken of what was prescribed, where anything was."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from store.database import Connection
from store.usage import Window
from voice.adherence.reading import dosed
from voice.adherence.slots import Slot
from voice.compare.fetch.counting import Tally
from voice.compare.fetch.scope import Chosen, Scope
from voice.compare.record import Counted, Part, Share


class Prescribed(NamedTuple):
    """The doses due in the chosen time, over all units."""

    slots: tuple[Slot, ...]

    @property
    def share(self) -> Share:
        """Taken of those prescribed of which it is known, and how many it is not known of."""
        unknown = sum(slot.unknown for slot in self.slots)
        due = sum(slot.due.count for slot in self.slots)
        return Share(sum(slot.counted for slot in self.slots), due - unknown, unknown)

    def missed(self, chosen: Chosen, counted: Tally) -> Counted:
        """Doses missed by period; coverage as it was counted."""
        parts = tuple(
            Part(part.since, part.until, part.label, self._missed(part.since, part.until), part.coverage)
            for part in counted.counted.parts
        )
        return Counted(parts, chosen.periods)

    def _missed(self, since: datetime, until: datetime) -> float:
        return float(sum(slot.missed for slot in self.slots if since <= slot.due.at < until))


def prescribed(conn: Connection, where: Scope, window: Window) -> Prescribed | None:
    """None: nothing was prescribed in the window, and the device's own events are what there is."""
    versions, slots = [], []
    for device_id, owned in where.within(window):
        held, found = dosed(conn, where.product, device_id, owned, where.until)
        versions += held
        slots += found
    return Prescribed(tuple(slots)) if versions else None
