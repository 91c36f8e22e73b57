"""Which device is which: the lookup every message needs, kept in memory.

A device that is not known is asked for again after a few seconds, so that one registered a moment ago is heard.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from typing import NamedTuple

from store.database import Connection
from store.errors import translated

UNKNOWN_FOR_S = 5.0
KNOWN_FOR_S = 60.0
"""After this a known device is looked up again: its status may have changed."""
MAX_ENTRIES = 1_000_000
"""About 300 MB; past it the cache is emptied and filled anew."""


class Registered(NamedTuple):
    """A device as intake knows it."""

    device_id: int
    device: str
    product: str
    status: str


class Registry:
    """Cache of `devices` by name."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._entries: dict[str, tuple[float, Registered | None]] = {}

    def lookup(self, conn: Connection, names: Collection[str]) -> dict[str, Registered]:
        """Those of `names` that are registered. At most one query, for the names not known well enough."""
        now = self._clock()
        wanted = [n for n in set(names) if n not in self._entries or self._entries[n][0] <= now]
        if wanted:
            if len(self._entries) + len(wanted) > MAX_ENTRIES:
                self._entries.clear()
                wanted = list(set(names))
            self._fetch(conn, wanted, now)
        found = {}
        for name in names:
            entry = self._entries[name][1]
            if entry is not None:
                found[name] = entry
        return found

    def _fetch(self, conn: Connection, wanted: list[str], now: float) -> None:
        # NUL cannot be asked for, and is in no device's name.
        askable = [n for n in wanted if "\0" not in n]
        with translated(), conn.transaction():
            rows = conn.execute(
                "SELECT device_id, device, product, status FROM devices WHERE device = ANY(%s)", (askable,)
            ).fetchall()
        for name in wanted:
            self._entries[name] = (now + UNKNOWN_FOR_S, None)
        for row in rows:
            self._entries[row[1]] = (now + KNOWN_FOR_S, Registered(*row))
