"""A broker that is away for longer than its devices are allowed to be quiet: it is us who do not hear."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

import catalog
from catalog.model import HEARTBEATS
from relay.job import Turn
from relay.jobs import silence
from relay.settings import Settings
from store import devices
from store.database import Connection, connect
from store.devices.presence import presence
from tests.faults.databases import outlast
from tests.faults.kills import sending
from tests.faults.scenario import Line, Scenario, Size, line
from tests.faults.site import Grounds, site
from tests.waiting import poll

DEVICES = ["deaf-0", "deaf-1"]
"""Two: of three that are all late, the job would hold the network to blame without asking whether we hear."""
RATE = 20.0
SHORT_HEARTBEAT_S, LONG_HEARTBEAT_S = 4.0, 15.0
"""Three of them must be longer than the five seconds after which a worker says that it is cut off."""
AWAY_HEARTBEATS = 3.5
NOTICED_S = 60.0


@dataclass
class Watch:
    """The silence job, run as often as the test looks, over products that have a short heartbeat."""

    conn: Connection
    heartbeat_s: float
    opened: int = 0
    state: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.products = {
            key: product.model_copy(update={"heartbeat_s": self.heartbeat_s}) for key, product in catalog.load().items()
        }
        self._job = silence.job(Settings(silence_every_s=1), self.products)

    def look(self) -> str | None:
        """Run it; why we are deaf, if we are."""
        now = self._now()
        done = self._job.run(Turn(self.conn, now, now, self.state, lambda: False))
        assert done.state is not None
        self.state = done.state
        opened, deaf = done.result["opened"], done.result["deaf"]
        assert isinstance(opened, int)
        self.opened += opened
        return None if deaf is None else str(deaf)

    def receiving(self) -> set[bool]:
        """What is said of the devices."""
        vacuum, now = self.products["robot_vacuum"], self._now()
        found = [presence(self.conn, vacuum, devices.get(self.conn, one).device_id, now=now) for one in DEVICES]
        assert all(one.reporting is not False for one in found), f"called absent: {found}"
        return {one.receiving for one in found}

    def _now(self) -> datetime:
        row = self.conn.execute("SELECT clock_timestamp()").fetchone()
        assert row is not None
        found = row[0]
        assert isinstance(found, datetime)
        return found


def _away(on: Grounds, size: Size) -> Line:
    """The devices go on; what they say arrives when the broker is back."""
    heartbeat_s = size.of(SHORT_HEARTBEAT_S, LONG_HEARTBEAT_S)
    away_s = AWAY_HEARTBEATS * heartbeat_s
    with (
        site(on, DEVICES, direct=True) as here,
        sending(here, RATE) as fleet,
        connect(here.url, autocommit=True) as conn,
    ):
        watch = Watch(conn, heartbeat_s)
        fleet.wait_acknowledged(10)
        poll(lambda: watch.look() is None, NOTICED_S, what="the worker heard to be listening")
        here.broker.server.stop()
        poll(watch.look, NOTICED_S, what="it noticed that we do not hear")
        assert watch.receiving() == {False}
        outlast(away_s, fleet, here, look=watch.look)
        assert watch.receiving() == {False}
        with here.recovering(fleet):
            here.broker.server.start()
            poll(lambda: watch.look() is None, NOTICED_S, what="the worker heard to be listening again")
        assert watch.receiving() == {True}
        outlast(size.of(1, 2 * away_s), fleet, here, look=watch.look)
        assert watch.opened == 0, f"{watch.opened} devices were called silent, and it was us who were deaf"
        fleet.stop_sending()
        here.kept_all(fleet)
        if size.long:  # they have stopped: now it is them
            poll(
                partial(_noticed, watch), HEARTBEATS * heartbeat_s + NOTICED_S, until=lambda n: n == len(DEVICES),
                what="devices that are silent, noticed",
            )  # fmt: skip
        found = here.compare(fleet)
        return line("broker away for 3.5 heartbeats", here, found, f"{away_s:.0f} s: nobody called silent")


def _noticed(watch: Watch) -> int:
    watch.look()
    return watch.opened


SCENARIOS = [Scenario("broker-away", "broker away longer than devices may be quiet", _away)]
