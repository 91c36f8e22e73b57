"""Roll up the hours that have closed."""

from __future__ import annotations

from relay.job import Done, Job, Turn
from relay.settings import Settings
from store import rollups

STEPS = 20
"""Steps a run: some seconds, after which other jobs that are due have their turn."""


def job(settings: Settings) -> Job:
    """The roller keeps its own place in the data, so a killed run is gone on with by the next."""

    def run(turn: Turn) -> Done:
        rolled = rollups.roll(turn.conn, None, turn.now, steps=STEPS)
        result = {"devices": rolled.devices, "hours": rolled.hours, "days": rolled.days, "late": rolled.late}
        if rolled.busy:
            return Done({**result, "busy": True})
        return Done(result, more=rolled.more)

    return Job("rollups", settings.rollups_every_s, "rolls closed hours up", run)
