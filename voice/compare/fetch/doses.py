"""Doses beside a regimen: what was taken of what was prescribed, where anything was."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from store.database import Connection
from store.usage import Window
from voice.adherence.reading import dosed
from voice.adherence.slots import Slot
from voice.compare.fetch.counting import Tally
from voice.compare.fetch.scope import Chosen, Scope, merged
from voice.compare.record import Counted, Part, Share


class Prescribed(NamedTuple):
    """The doses due in the chosen time, over all units."""

    slots: tuple[Slot, ...]
    spans: tuple[Window, ...]
    """The parts of the window that anything is said of: what is before the first version is not "none missed"."""

    def share_of(self, since: datetime, until: datetime) -> float:
        """How much of a time anything is said of, pauses too; of several units the least."""
        whole = (until - since).total_seconds()
        told = sum(max(0.0, (min(s.until, until) - max(s.since, since)).total_seconds()) for s in self.spans)
        return min(1.0, told / whole) if whole > 0 else 0.0

    @property
    def share(self) -> Share:
        """Taken of those prescribed of which it is known, and how many it is not known of."""
        unknown = sum(slot.unknown for slot in self.slots)
        due = sum(slot.due.count for slot in self.slots)
        return Share(sum(slot.counted for slot in self.slots), due - unknown, unknown)

    def missed(self, chosen: Chosen, counted: Tally) -> Counted:
        """Doses missed by period; of the time before anything was prescribed nothing counts as heard."""
        parts = tuple(
            Part(
                part.since, part.until, part.label, self._missed(part.since, part.until),
                None if part.coverage is None else part.coverage * self.share_of(part.since, part.until),
            )
            for part in counted.counted.parts
        )  # fmt: skip
        return Counted(parts, chosen.periods)

    def _missed(self, since: datetime, until: datetime) -> float:
        return float(sum(slot.missed for slot in self.slots if since <= slot.due.at < until))


def prescribed(conn: Connection, where: Scope, window: Window) -> Prescribed | None:
    """None: of one of the units nothing was prescribed, and the devices' own events are what there is."""
    slots: list[Slot] = []
    spans: list[Window] = []
    for device_id, owned in where.within(window):
        held, found = dosed(conn, where.product, device_id, owned, where.until)
        if not held:
            return None
        slots += found
        spans += [
            Window(max(one.since, owned.since), owned.until if one.until is None else min(one.until, owned.until))
            for one in held
        ]
    return Prescribed(tuple(slots), tuple(merged(spans))) if slots else None
