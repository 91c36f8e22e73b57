"""Look after closed cases: what comes back within 30 days reopens its case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

from catalog.model import Product
from relay.job import Done, Job, Turn
from relay.settings import Settings
from store import closings
from voice.casework.watching import look

MANY: Final = 200
"""Cases a run: some seconds, after which other jobs that are due have their turn."""


def job(settings: Settings, catalog: Mapping[str, Product]) -> Job:
    """Each case is looked after in a transaction of its own; a killed run begins where it was."""

    def run(turn: Turn) -> Done:
        found = closings.watched(turn.conn, after=turn.state.get("after", 0), limit=MANY)
        seen: Counter[str] = Counter()
        for closing in found:
            if turn.stopping():
                return Done(dict(seen), more=True)
            with turn.conn.transaction():
                seen[look(turn.conn, catalog, closing, turn.now)] += 1
        more = len(found) == MANY
        return Done(dict(seen), more=more, state={"after": found[-1].closing_id if more else 0})

    return Job("watch", settings.watch_every_s, "reopens closed cases whose fault comes back", run)
