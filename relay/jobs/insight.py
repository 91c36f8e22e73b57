"""Keep the rollups of what is said and used: claims as they stand, and the last weeks of every device."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from itertools import groupby
from typing import Final

from catalog.model import Product
from relay.job import Done, Job, Turn
from relay.settings import Settings
from store.insight import claims, weeks
from voice.consent import COMPARE_USAGE

DEVICES: Final = 500
"""A run, after which other jobs that are due have their turn."""
WEEKS: Final = 5
"""So many whole weeks are made again each time: what comes later than that no longer changes them."""
FIRST_WEEKS: Final = 27
"""Made of a device that is met for the first time."""
SAID_FOR: Final = timedelta(days=730)


def job(settings: Settings, catalog: Mapping[str, Product]) -> Job:
    """Made again from the sources each time, so that a killed run or one run twice changes nothing."""

    def run(turn: Turn) -> Done:
        after = int(turn.state.get("after", 0))
        result: dict[str, int] = {}
        if after == 0:
            written, removed = claims.refresh(turn.conn, COMPARE_USAGE, turn.now - SAID_FOR, turn.now)
            result |= {"claims_written": written, "claims_removed": removed}
        found = weeks.devices_of(turn.conn, catalog, after, DEVICES)
        known = weeks.known(turn.conn, [device_id for device_id, _ in found])
        last = weeks.monday(turn.now)
        made = 0
        for (product, new), each in groupby(
            sorted(found, key=lambda d: (d[1], d[0] not in known)), key=lambda d: (d[1], d[0] not in known)
        ):
            if turn.stopping():
                return Done(result, more=True, state={"after": after})
            wanted = [last - n * weeks.WEEK for n in range(FIRST_WEEKS if new else WEEKS, 0, -1)]
            made += weeks.refresh(turn.conn, catalog[product], [device_id for device_id, _ in each], wanted)
        more = len(found) == DEVICES
        return Done(result | {"weeks": made}, more=more, state={"after": found[-1][0] if more else 0})

    return Job("insight", settings.insight_every_s, "rolls up what is said and used over the fleet", run)
