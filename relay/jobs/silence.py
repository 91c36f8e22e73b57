"""Notice devices that fall silent, and that they are heard again.

A device is silent when it has not been heard for three of its heartbeats during which we listened. We do not listen
while no ingest worker hears, while nobody runs this job, and to a whole heartbeat of devices while next to none of
them gets through: then the fault is on this side of them. So an outage of the platform, of its broker or of the
network before it opens no silence, neither while it lasts nor when it ends; silences that are over are closed all
the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from catalog.elements import Json
from catalog.model import Product
from relay.job import Done, Job, Turn
from relay.listening import Listening
from relay.settings import Settings
from store import silences, slots
from store.hearing import hearing
from store.silences import LATE, MISSES, Fleet

FEWEST: Final = 3
"""Devices of a heartbeat from which we judge whether they all are unheard; of fewer, each may well be silent."""
UNHEARD: Final = 0.95
"""Share of a heartbeat's devices that are late when it is not them, but us."""
PATIENCE: Final = timedelta(minutes=1)
"""How much later than its interval this job may come, to count as having watched: a relay is being replaced."""


def unheard(fleet: Fleet) -> bool:
    """Whether so many of a heartbeat's devices are late that the fault is ours."""
    return fleet.devices >= FEWEST and fleet.late >= UNHEARD * fleet.devices


def job(settings: Settings, catalog: Mapping[str, Product]) -> Job:
    """The job, with its memory of when we listened."""
    at_least_every = 2 * timedelta(seconds=settings.silence_every_s) + PATIENCE

    def run(turn: Turn) -> Done:
        conn, now = turn.conn, turn.now
        ended = silences.end(conn, now)
        listening = Listening.from_state(turn.state)
        since, deaf = hearing(slots.listing(conn), now)
        listening.look(now, since, at_least_every=at_least_every)
        fleets = silences.fleets(conn, catalog, now)
        before = {}
        for fleet in fleets:
            heartbeat = timedelta(seconds=fleet.heartbeat_s)
            if unheard(fleet):
                listening.deaf_to(fleet.heartbeat_s, now - LATE * heartbeat, now)
                deaf = (
                    deaf
                    or f"{fleet.late} of {fleet.devices} devices with a heartbeat of {fleet.heartbeat_s:g} s "
                    "or less are unheard: look at the broker's listener and the network before it"
                )
            before[fleet.heartbeat_s] = listening.silent_before(now, fleet.heartbeat_s, MISSES * heartbeat)
        opened = silences.notice(conn, catalog, before, now)
        silent: dict[str, Json] = dict(silences.open_by_product(conn))
        result: dict[str, Json] = {
            "opened": opened,
            "ended": ended,
            "withheld": max(0, sum(fleet.overdue for fleet in fleets) - opened),
            "silent": silent,
            "deaf": deaf,
        }
        return Done(result, state=listening.state())

    return Job("silence", settings.silence_every_s, "notices devices that fall silent and are heard again", run)
