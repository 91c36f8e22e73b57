"""The worker: hold a slot, receive its share, keep every batch, acknowledge it after the commit.

The slot's lock lives in the same database connection that writes. When that connection breaks, nothing more is taken
from the receiver; the batch in hand is written again once the database is back and the slot is still ours, else it is
left to whoever holds the slot now: unacknowledged messages come again.
"""

from __future__ import annotations

import logging
import os
import random
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from threading import Event

from catalog.model import Product
from ingest.arrivals import arrival, senders
from ingest.errors import BrokerRefused, NoSlot
from ingest.metrics import Metrics
from ingest.receiver import Received, Receiver
from ingest.settings import Settings
from store import slots
from store.database import Connection, connect
from store.errors import Unavailable
from store.intake import Intake
from store.migrate import require_current
from store.registry import Registry

log = logging.getLogger(__name__)

TAKE_TIMEOUT_S = 0.5
STOP_WITHIN_S = 7.0
"""Longest a clean stop goes on storing what it holds: service managers kill after ten seconds by default."""
BEAT_INTERVAL_S = 5.0
UNHELD_ALARM_S = 60.0
NEW_SLOT_AFTER_S = 3.0
"""How long a new worker looks for a slot whose worker has died before it opens one more: the server takes a moment
to see a death, and a session without a worker keeps its part of the messages to itself."""
MOVE_AFTER_S = 10.0
"""How long a session may be without a worker before the worker of the highest slot moves to it."""
DRY_AFTER_S = 3.0
"""A session without subscription, connected, from which nothing has come for so long, is empty."""
STANDBY_LOOK_S = 0.25
"""How often a worker without a slot looks for one."""
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 5.0
SLOT_PATIENCE_S = 30.0
"""How long a slot's lock may stay with a connection of ours that the server has not yet seen die."""

MakeReceiver = Callable[[int], Receiver]
"""Slot -> a receiver with that slot's session."""


def name() -> str:
    """How this worker is called in the table of slots."""
    return f"{socket.gethostname()}:{os.getpid()}"


class Worker:
    """Runs until `stopping` is set; then takes nothing more in, keeps what it holds, acknowledges, and leaves."""

    def __init__(
        self,
        settings: Settings,
        catalog: Mapping[str, Product],
        make_receiver: MakeReceiver,
        metrics: Metrics,
        stopping: Event,
    ) -> None:
        self._settings = settings
        self._catalog = catalog
        self._make_receiver = make_receiver
        self._metrics = metrics
        self._stopping = stopping
        self._intake = Intake(catalog)
        self._registry = Registry()
        self._conn: Connection | None = None
        self._receiver: Receiver | None = None
        self._slot: int | None = None
        self._next_beat = 0.0
        self._lost_at: float | None = None
        self._looking_since: float | None = None
        self._stands_by = False

    @property
    def ready(self) -> bool:
        """Database and broker are both there, or the database and another worker that receives."""
        receiving = self._receiver is not None and self._receiver.connected
        return self._conn is not None and (receiving or self._stands_by)

    def run(self) -> None:
        """Work until told to stop.

        Raises `SchemaError` when database and program do not fit, `BrokerRefused` when the broker keeps us out.
        """
        held: list[Received] = []
        try:
            while not self._stopping.is_set():
                if self._conn is None or self._receiver is None:
                    before = self._receiver
                    self._resume()
                    if self._receiver is not before:
                        held = []
                    continue
                if not self._is_ours(self._receiver):
                    continue
                held = held or self._receiver.take(TAKE_TIMEOUT_S)
                held = self._try_to_keep(held)
            self._drain(held)
        finally:
            self._leave()

    def _try_to_keep(self, held: list[Received]) -> list[Received]:
        """Keep `held` and return what is still held: nothing, or all of it when the database is away."""
        if self._conn is None or self._receiver is None:
            return held
        try:
            if held:
                self.keep(self._conn, held, self._receiver)
                held = []
            self._beat(self._conn)
        except Unavailable as error:
            self._metrics.failures.inc()
            log.warning("%s; %d messages are held and not acknowledged", error, len(held))
            self._drop_connection()
        return held

    def _is_ours(self, receiver: Receiver) -> bool:
        """Whether the session is still this worker's; if not, everything is given up and begun again."""
        if receiver.refused:
            raise BrokerRefused(receiver.refused)
        if not receiver.taken_over:
            return True
        log.warning("another client took the session of slot %s over; starting again", self._slot)
        self._drop_receiver()
        self._drop_connection()
        return False

    def _resume(self) -> None:
        """Connect to the database and take a slot, preferring the one already ours; wait while there is neither."""
        pause, said = FIRST_PAUSE_S, ""
        while not self._stopping.is_set():
            try:
                if self._conn is None:
                    self._conn = connect(self._settings.database_url, application="vop ingest", autocommit=True)
                    require_current(self._conn)
                self._take_slot(self._conn)
                self._stands_by = False
                return
            except (Unavailable, NoSlot) as error:
                if str(error) != said:
                    log.warning("waiting: %s", error)
                    said = str(error)
                self._stands_by = isinstance(error, NoSlot)
                if self._stands_by:
                    self._stopping.wait(STANDBY_LOOK_S)
                    continue
                self._drop_connection()
                self._stopping.wait(pause * random.uniform(0.7, 1.3))  # noqa: S311 - jitter
                pause = min(LONGEST_PAUSE_S, pause * 2)

    def _take_slot(self, conn: Connection) -> None:
        if self._slot is not None:
            if slots.acquire(conn, self._settings.sessions, name(), only=self._slot) is not None:
                self._lost_at = None
                return
            # The lock may still be our own dead connection's: give the server time to notice.
            self._lost_at = self._lost_at or time.monotonic()
            taken = self._receiver is not None and self._receiver.taken_over
            if not taken and time.monotonic() < self._lost_at + SLOT_PATIENCE_S:
                raise NoSlot(f"slot {self._slot} is still locked by another connection")
            log.warning(
                "slot %d was taken by another worker meanwhile; leaving its session to it",
                self._slot,
            )
            self._drop_receiver()
        self._looking_since = self._looking_since or time.monotonic()
        patient = time.monotonic() < self._looking_since + NEW_SLOT_AFTER_S
        slot = slots.acquire(conn, self._settings.sessions, name(), new=not (patient and slots.listing(conn)))
        if slot is None and not self._settings.share:
            raise NoSlot("another worker receives; standing by to take over from it")
        if slot is None and patient:
            raise NoSlot("every slot in use has a worker; looking once more before opening another")
        if slot is None:
            raise NoSlot(f"all {self._settings.slots} subscription slots are held; raise VOP_INGEST_SLOTS")
        self._looking_since = None
        log.info("holding slot %d", slot)
        self._slot = slot
        self._metrics.slot.set(slot)
        self._receiver = self._make_receiver(slot)
        self._receiver.start()

    def keep(self, conn: Connection, messages: list[Received], receiver: Receiver) -> int:
        """Store or dead-letter `messages`, commit, acknowledge; returns how many were acknowledged.

        Raises `Unavailable`, and then nothing is acknowledged.
        """
        started = time.monotonic()
        known = self._registry.lookup(conn, senders(messages))
        # Retained copies of states have no place in a share; the holder of slot 0 reads them apart.
        fresh = [m for m in messages if not m.retain]
        arrivals = [arrival(m, known, self._catalog, self._settings.raw_days) for m in fresh]
        self._metrics.received.inc(len(messages))
        if arrivals:
            self._metrics.batch(fresh, self._intake.write(conn, arrivals), started)
        acknowledged = receiver.acknowledge(messages)
        self._metrics.acknowledged.inc(acknowledged)
        return acknowledged

    def keep_reported(self, messages: Sequence[Received]) -> None:
        """Store retained states read apart, over a connection of its own."""
        with connect(self._settings.database_url, application="vop ingest retained", autocommit=True) as conn:
            known = Registry().lookup(conn, senders(messages))
            Intake(self._catalog).write(
                conn, [arrival(m, known, self._catalog, self._settings.raw_days) for m in messages]
            )

    def _beat(self, conn: Connection) -> None:
        now = time.monotonic()
        if self._slot is None or now < self._next_beat:
            return
        self._next_beat = now + BEAT_INTERVAL_S
        slots.beat(conn, self._slot)
        rows = slots.listing(conn)
        idle = {s.slot: time.time() - s.seen_at.timestamp() for s in rows if not s.held and s.drained_at is None}
        self._metrics.slots_unheld.set(sum(1 for age in idle.values() if age > UNHELD_ALARM_S))
        # Without a share there is one session to hold, whatever an earlier way of working has left behind.
        highest = max((s.slot for s in rows if s.held), default=self._slot)
        if self._settings.share and self._slot == highest and any(age > MOVE_AFTER_S for age in idle.values()):
            self._move(conn, sorted(idle))

    def _move(self, conn: Connection, idle: list[int]) -> None:
        """Give this slot up in good order and take one whose worker is gone: there are more sessions than workers."""
        if self._receiver is None or self._slot is None:
            return
        log.warning("slots %s have no worker; leaving slot %d, the highest, for the lowest of them", idle, self._slot)
        try:
            self.run_dry(conn, self._slot, self._receiver)
        finally:
            self._drop_receiver()
            # Put out in the middle, the slot is not released: its lock must not outlive our leaving it.
            self._drop_connection()

    def run_dry(self, conn: Connection, slot: int, receiver: Receiver) -> int:
        """Take nothing new into the session of `slot`, store what it holds, and end it; returns how many messages.

        Told to stop, or put out of the session, it leaves the rest there and the slot in use. Raises `Unavailable`.
        """
        receiver.unsubscribe()
        kept = 0
        quiet_since = time.monotonic()
        while time.monotonic() < quiet_since + DRY_AFTER_S:
            if self._stopping.is_set() or receiver.taken_over or receiver.refused:
                return kept
            messages = receiver.take(TAKE_TIMEOUT_S)
            if messages:
                kept += self.keep(conn, messages, receiver)
            if messages or not receiver.connected:
                quiet_since = time.monotonic()
        receiver.stop(end_session=True)
        slots.release(conn, slot, drained=True)
        return kept

    def _drain(self, held: list[Received]) -> None:
        """The clean stop: keep and acknowledge what is held, as far as time allows; take nothing more in."""
        if self._receiver is None:
            return
        self._receiver.finish()
        until = time.monotonic() + STOP_WITHIN_S
        while held := held or self._receiver.take(0):
            held = self._try_to_keep(held) if time.monotonic() < until else held
            if held:
                log.warning("stopping with %d messages unacknowledged; they come again", len(held))
                return

    def _leave(self) -> None:
        slot = self._slot
        self._drop_receiver()
        if self._conn is not None and slot is not None:
            try:
                slots.release(self._conn, slot)
            except Unavailable as error:
                log.info("slot %d is given up by its connection alone: %s", slot, error)
        self._drop_connection()

    def _drop_receiver(self) -> None:
        if self._receiver is not None:
            self._receiver.stop()
        self._receiver = None
        self._slot = None
        self._metrics.slot.set(-1)

    def _drop_connection(self) -> None:
        if self._conn is not None:
            self._conn.close()
        self._conn = None
