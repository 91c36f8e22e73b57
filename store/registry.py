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
MAX_KNOWN = 1_000_000
"""About 300 MB; past it they are forgotten and asked for anew."""
MAX_UNKNOWN = 100_000
"""About 15 MB. A bound of their own: whoever sends under made-up names must not push out the devices there are."""


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
        self._known: dict[str, tuple[float, Registered]] = {}
        self._unknown: dict[str, float] = {}

    def lookup(self, conn: Connection, names: Collection[str]) -> dict[str, Registered]:
        """Those of `names` that are registered. At most one query, for the names not known well enough."""
        now = self._clock()
        found: dict[str, Registered] = {}
        wanted: list[str] = []
        for name in set(names):
            until, registered = self._known.get(name, (now, None))
            if registered is not None and until > now:
                found[name] = registered
            elif self._unknown.get(name, now) <= now:
                wanted.append(name)
        if wanted:
            found |= self._fetch(conn, wanted, now)
        return found

    def _fetch(self, conn: Connection, wanted: list[str], now: float) -> dict[str, Registered]:
        # NUL cannot be asked for, and is in no device's name.
        askable = [n for n in wanted if "\0" not in n]
        with translated(), conn.transaction():
            rows = conn.execute(
                "SELECT device_id, device, product, status FROM devices WHERE device = ANY(%s)", (askable,)
            ).fetchall()
        found = {row[1]: Registered(*row) for row in rows}
        for name in wanted:
            self._known.pop(name, None)
            self._unknown.pop(name, None)
        unknown = [name for name in wanted if name not in found]
        if len(self._known) + len(found) > MAX_KNOWN:
            self._known.clear()
        if len(self._unknown) + len(unknown) > MAX_UNKNOWN:
            self._unknown.clear()
        self._known.update((name, (now + KNOWN_FOR_S, registered)) for name, registered in found.items())
        self._unknown.update(dict.fromkeys(unknown, now + UNKNOWN_FOR_S))
        return found
