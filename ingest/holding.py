"""The slot a worker holds, with the session that belongs to it.

The slot's lock lives in the connection that writes. When that breaks the session goes on receiving, for messages can be
spooled; the lock is taken again with the next connection, and left to whoever has it by then.
"""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Callable

from ingest.errors import BrokerRefused, NoSlot
from ingest.metrics import Metrics
from ingest.receiver import Receiver
from ingest.settings import Settings
from store import slots
from store.database import Connection
from store.errors import Unavailable

log = logging.getLogger(__name__)

UNHELD_ALARM_S = 60.0
NEW_SLOT_AFTER_S = 3.0
"""How long a new worker looks for a slot whose worker has died before it opens one more: the server takes a moment
to see a death, and a session without a worker keeps its part of the messages to itself."""
MOVE_AFTER_S = 10.0
"""How long a session may be without a worker before the worker of the highest slot moves to it."""
SLOT_PATIENCE_S = 30.0
"""How long a slot's lock may stay with a connection of ours that the server has not yet seen die."""

CONTEST_S = 60.0
"""Two new connections of the session in so short a time, while its lock is not ours: somebody else is after it too.
One alone may be the broker's restart. Mosquitto before 2.0.15 does not say that a session was taken over."""

MakeReceiver = Callable[[int], Receiver]
"""Slot -> a receiver with that slot's session."""


def name() -> str:
    """How this worker is called in the table of slots."""
    return f"{socket.gethostname()}:{os.getpid()}"


class Holding:
    """Slot, lock and session: they come together, and the lock may be away for a while."""

    def __init__(self, settings: Settings, make_receiver: MakeReceiver, metrics: Metrics) -> None:
        self.slot: int | None = None
        self.receiver: Receiver | None = None
        self.locked = False
        """Nobody else can hold the slot now."""
        self.stands_by = False
        """There is a database, and no slot to be had."""
        self._settings = settings
        self._make_receiver = make_receiver
        self._metrics = metrics
        self._lost_at: float | None = None
        self._looking_since: float | None = None
        self._said = ""
        self._connections = 0
        self._reconnected_at: float | None = None

    def look(self, conn: Connection) -> bool:
        """Take a slot, the one already ours before any other; whether it is held now. Raises `Unavailable`."""
        try:
            self._take(conn)
        except NoSlot as error:
            if str(error) != self._said:
                log.warning("waiting: %s", error)
                self._said = str(error)
            self.stands_by = True
            return False
        self.locked, self.stands_by, self._said = True, False, ""
        self._lost_at = self._looking_since = None
        return True

    def _take(self, conn: Connection) -> None:
        if self.slot is not None:
            if slots.acquire(conn, self._settings.sessions, name(), only=self.slot) is not None:
                return
            # The lock may still be our own dead connection's: give the server time to notice.
            self._lost_at = self._lost_at or time.monotonic()
            taken = self.receiver is not None and self.receiver.taken_over
            if not taken and time.monotonic() < self._lost_at + SLOT_PATIENCE_S:
                raise NoSlot(f"slot {self.slot} is still locked by another connection")
            log.warning("slot %d was taken by another worker meanwhile; leaving its session to it", self.slot)
            self.drop()
        self._looking_since = self._looking_since or time.monotonic()
        patient = time.monotonic() < self._looking_since + NEW_SLOT_AFTER_S
        slot = slots.acquire(conn, self._settings.sessions, name(), new=not (patient and slots.listing(conn)))
        if slot is None and not self._settings.share:
            raise NoSlot("another worker receives; standing by to take over from it")
        if slot is None and patient:
            raise NoSlot("every slot in use has a worker; looking once more before opening another")
        if slot is None:
            raise NoSlot(f"all {self._settings.slots} subscription slots are held; raise VOP_INGEST_SLOTS")
        log.info("holding slot %d", slot)
        self.slot = slot
        self._metrics.slot.set(slot)
        self.receiver = self._make_receiver(slot)
        self.receiver.start()

    def is_ours(self) -> bool:
        """Whether the session, if there is one, is still this worker's. Raises `BrokerRefused`."""
        if self.receiver is None:
            return True
        if self.receiver.refused:
            raise BrokerRefused(self.receiver.refused)
        return not self.receiver.taken_over and not self._is_contested(self.receiver)

    def _is_contested(self, receiver: Receiver) -> bool:
        connections, before = self._connections, self._reconnected_at
        self._connections = receiver.connections
        if self.locked:
            self._reconnected_at = None
            return False
        if self._connections == connections:
            return False
        self._reconnected_at = time.monotonic()
        return before is not None and self._reconnected_at < before + CONTEST_S

    def beat(self, conn: Connection, *, hearing: bool) -> list[int]:
        """Tell that we live, and whether what devices send is stored at once.

        Returns the sessions that this worker should leave its own for. Raises `Unavailable`.
        """
        if self.slot is None or not self.locked:
            return []
        slots.beat(conn, self.slot, hearing=hearing)
        rows = slots.listing(conn)
        idle = {s.slot: time.time() - s.seen_at.timestamp() for s in rows if not s.held and s.drained_at is None}
        self._metrics.slots_unheld.set(sum(1 for age in idle.values() if age > UNHELD_ALARM_S))
        # Without a share there is one session to hold, whatever an earlier way of working has left behind.
        highest = max((s.slot for s in rows if s.held), default=self.slot)
        if self._settings.share and self.slot == highest and any(age > MOVE_AFTER_S for age in idle.values()):
            return sorted(idle)
        return []

    def drop(self) -> None:
        """Leave the session, which the broker keeps, and forget the slot. Its lock goes with the connection."""
        if self.receiver is not None:
            self.receiver.stop()
        self.receiver = self.slot = None
        self.locked = False
        self._metrics.slot.set(-1)

    def leave(self, conn: Connection | None) -> None:
        """Leave the session and give the slot up."""
        slot, locked = self.slot, self.locked
        self.drop()
        if conn is None or slot is None or not locked:
            return
        try:
            slots.release(conn, slot)
        except Unavailable as error:
            log.info("slot %d is given up by its connection alone: %s", slot, error)
