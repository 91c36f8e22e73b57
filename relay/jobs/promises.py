"""Break the promises that were due and are not kept."""

from __future__ import annotations

from relay.job import Done, Job, Turn
from relay.settings import Settings
from store import promises


def job(settings: Settings) -> Job:
    """A promise is broken since it was due, whenever that is noticed."""

    def run(turn: Turn) -> Done:
        return Done({"broken": promises.break_due(turn.conn, turn.now)})

    return Job("promises", settings.promises_every_s, "breaks promises that were due and are not kept", run)
