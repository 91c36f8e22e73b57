"""The worker: hold a slot, receive its share, keep every batch, acknowledge it after the commit.

While the database is away, batches go to the spool and are acknowledged after its fsync; when it is back they are
replayed first, and what arrives meanwhile goes to the spool's end. Without a spool, or when it takes no more, the batch
in hand is held and nothing further is taken: the broker queues.

One thread does all this by turns, so that replaying can be given the larger share and always comes to an end.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from threading import Event

from catalog.model import Product
from ingest.draining import run_dry
from ingest.errors import SpoolRefuses
from ingest.holding import Holding, MakeReceiver
from ingest.keeper import Keeper
from ingest.link import Link
from ingest.metrics import Metrics
from ingest.receiver import Received, Receiver
from ingest.settings import Settings
from ingest.spool import Spools
from store import slots
from store.database import Connection
from store.errors import Unavailable

log = logging.getLogger(__name__)

TAKE_TIMEOUT_S = 0.5
WAIT_S = 0.25
"""How often a worker that can do nothing looks whether it can."""
STOP_WITHIN_S = 7.0
"""Longest a clean stop goes on storing what it holds: service managers kill after ten seconds by default."""
LEAVE_WITHIN_S = 2.0
"""Longest it takes the time to tell the database that the slot is free, which the connection's end tells as well."""
BEAT_INTERVAL_S = 5.0
REPLAY_SHARE = 2
"""Messages replayed for each one received meanwhile: the spool shrinks whatever the load, and the broker queues."""
REPLAY_MESSAGES = 4_000
"""Replay's batches, whatever those of reception: nobody is acknowledged while one is written."""
SPOOL_AGAIN_S = 1.0
"""Pause after a spool that refuses or cannot be read."""


class Worker:
    """Runs until `stopping` is set; then takes nothing more in, keeps what it holds, acknowledges, and leaves."""

    def __init__(
        self,
        settings: Settings,
        catalog: Mapping[str, Product],
        make_receiver: MakeReceiver,
        metrics: Metrics,
        stopping: Event,
        spools: Spools | None = None,
    ) -> None:
        """Without `spools`, what the database does not take stays with the broker."""
        self._settings = settings
        self._metrics = metrics
        self._stopping = stopping
        self._spools = spools
        self._keeper = Keeper(catalog, settings.raw_days, metrics)
        self._link = Link(settings.database_url, application="vop ingest")
        self._holding = Holding(settings, make_receiver, metrics)
        self._held: list[Received] = []
        self._piece = settings.batch_messages
        """Messages a transaction; fewer after one that took too long."""
        self._next_look = self._next_beat = self._spool_again_at = self._replay_again_at = 0.0
        self._refusal: str | None = None
        self._unread = ""
        self._stop_by: float | None = None
        self._is_spooling = False
        metrics.oldest_unacknowledged_s.set_function(self._oldest_unacknowledged_s)

    @property
    def ready(self) -> bool:
        """Database and broker are both there, or the database and another worker that receives."""
        receiver = self._holding.receiver
        receiving = receiver is not None and receiver.connected
        return self._link.conn is not None and (receiving or self._holding.stands_by)

    def run(self) -> None:
        """Work until told to stop.

        Raises `SchemaError` when database and program do not fit, `BrokerRefused` when the broker keeps us out.
        """
        try:
            self._prepare_spool()
            while not self._stopping.is_set():
                self._step()
            self._finish()
        finally:
            with self._link.limited(LEAVE_WITHIN_S):
                self._holding.leave(self._link.conn)
            self._link.close()
            if self._spools is not None:
                self._spools.close()

    def _prepare_spool(self) -> None:
        if self._spools is None:
            return
        try:
            self._spools.prepare()
        except SpoolRefuses as error:
            log.warning("%s; while the database is away, messages stay with the broker", error)

    def _step(self) -> None:
        """One turn: a connection, a slot, what was received, what was spooled, the beat."""
        conn = self._link.look(0.0 if self._can_go_on() else WAIT_S)
        if conn is not None and not self._holding.locked and time.monotonic() >= self._next_look:
            self._look_for_slot(conn)
        if not self._holding.is_ours():
            log.warning("another client took the session of slot %s over; starting again", self._holding.slot)
            self._leave_session()
            return
        receiver = self._holding.receiver
        taken = self._take(receiver) if receiver is not None else 0
        if receiver is not None and self._held:
            self._settle(receiver)
        if not self._replay(REPLAY_SHARE * taken) and self._link.conn is not None and not self._can_go_on():
            self._stopping.wait(WAIT_S)
        self._beat()

    def _can_go_on(self) -> bool:
        """Whether there is something to do without waiting for the database: messages to take, and a place for them."""
        if self._holding.receiver is None:
            return False
        return self._may_store() or (self._spools is not None and self._refusal is None)

    def _may_store(self) -> bool:
        """Whether what arrives now can be stored at once and in order."""
        in_order = self._spools is None or self._spools.is_empty
        return self._link.conn is not None and self._holding.locked and in_order

    def _may_replay(self) -> bool:
        return self._link.conn is not None and time.monotonic() >= self._replay_again_at

    def _look_for_slot(self, conn: Connection) -> None:
        before = self._holding.receiver
        try:
            with self._limited():
                found = self._holding.look(conn)
            if not found:
                self._next_look = time.monotonic() + WAIT_S
        except Unavailable as error:
            self._lose_connection(error)
        if self._holding.receiver is not before:
            self._held = []  # it comes again, to whoever has that session now

    def _take(self, receiver: Receiver) -> int:
        if self._held or not self._can_go_on():
            return 0
        replays = self._spools is not None and self._spools.size_bytes > 0 and self._may_replay()
        self._held = receiver.take(0.0 if replays else TAKE_TIMEOUT_S)
        self._metrics.received.inc(len(self._held))
        return len(self._held)

    def _settle(self, receiver: Receiver) -> None:
        """Store what is held, or spool it, and acknowledge that; what can be neither stays held."""
        conn = self._link.conn
        if conn is not None and self._may_store():
            piece = self._next_piece()
            if self._store(conn, piece):
                self._acknowledge(receiver, piece)
                return
        if self._spools is None or time.monotonic() < self._spool_again_at:
            return
        try:
            self._spools.append(self._held)
        except SpoolRefuses as error:
            self._spool_again_at = time.monotonic() + SPOOL_AGAIN_S
            self._metrics.spool_refusals.labels(error.reason).inc()
            if error.reason != self._refusal:
                # The traceback would say nothing more.
                log.error(  # noqa: TRY400
                    "%s; %d messages are held, unacknowledged, and no more are taken", error, len(self._held)
                )
                self._refusal = error.reason
            return
        if self._refusal is not None:
            log.warning("the spool takes messages again")
        if not self._is_spooling:
            log.warning("messages go to the spool in %s until the database has taken what it holds", self._spools.root)
        self._refusal, self._is_spooling = None, True
        self._metrics.spooled.inc(len(self._held))
        self._acknowledge(receiver, self._held)

    def _next_piece(self) -> list[Received]:
        """What of the batch in hand goes into one transaction: payload costs many times its size once it is decoded."""
        size = 0
        for count, message in enumerate(self._held[: self._piece]):
            size += len(message.payload)
            if count and size > self._settings.batch_bytes:
                return self._held[:count]
        return self._held[: self._piece]

    def _acknowledge(self, receiver: Receiver, messages: Sequence[Received]) -> None:
        self._metrics.acknowledged.inc(receiver.acknowledge(messages))
        self._held = self._held[len(messages) :]

    def _store(self, conn: Connection, messages: Sequence[Received], *, replayed: bool = False) -> bool:
        """Whether `messages` are stored; if not, the connection is given up."""
        try:
            self._keep(conn, messages, replayed=replayed)
        except Unavailable as error:
            self._metrics.failures.inc()
            if self._link.overdue:
                self._piece = max(1, len(messages) // 2)
            self._lose_connection(error)
            return False
        self._link.proved()
        self._piece = min(self._settings.batch_messages, self._piece * 2)
        return True

    def _keep(self, conn: Connection, messages: Sequence[Received], *, replayed: bool = False) -> None:
        with self._limited():
            self._keeper.keep(conn, messages, replayed=replayed)

    def _limited(self) -> AbstractContextManager[None]:
        """For everything the database is asked: a frozen one answers to nothing, and not even says so."""
        within_s: float = self._settings.commit_within_s
        if self._stop_by is not None:
            within_s = min(within_s, max(0.0, self._stop_by - time.monotonic()))
        return self._link.limited(within_s)

    def _lose_connection(self, error: Unavailable) -> None:
        log.warning("%s; in hand and not acknowledged: %d", error, len(self._held))
        self._link.drop()
        self._holding.locked = False

    def _replay(self, at_least: int) -> bool:
        """Store the oldest spooled messages, one batch or `at_least` so many; whether there were any."""
        done = 0
        while (
            self._spools is not None
            and (conn := self._link.conn) is not None
            and self._may_replay()
            and (not done or done < at_least)
            and not self._stopping.is_set()
        ):
            try:
                piece = self._spools.read(min(self._piece, REPLAY_MESSAGES), self._settings.batch_bytes)
            except OSError as error:
                if str(error) != self._unread:
                    log.exception("the spool cannot be read; trying again every second")
                    self._unread = str(error)
                self._replay_again_at = time.monotonic() + SPOOL_AGAIN_S
                break
            if piece is None:
                self._refusal = None
                if self._is_spooling:
                    log.info("the spool is replayed; messages go to the database again")
                    self._is_spooling = False
                break
            if not self._store(conn, piece.messages, replayed=True):
                break
            self._spools.done(piece)
            self._unread = ""
            done += len(piece.messages)
            self._metrics.replayed.inc(len(piece.messages))
        return done > 0

    def _beat(self) -> None:
        now = time.monotonic()
        if now < self._next_beat:
            return
        self._next_beat = now + BEAT_INTERVAL_S
        self._look_after_spools()
        conn = self._link.conn
        if conn is None:
            return
        try:
            receiver = self._holding.receiver
            hears = receiver is not None and receiver.connected and not self._held and self._may_store()
            with self._limited():
                idle = self._holding.beat(conn, hearing=hears)
            if idle and not self._held and self._may_store():
                self._move(conn, idle)
        except Unavailable as error:
            self._lose_connection(error)

    def _look_after_spools(self) -> None:
        if self._spools is None:
            return
        try:
            self._spools.adopt()
            self._spools.look()
            self._metrics.spool_damaged.set(self._spools.damaged_files())
        except OSError as error:
            log.warning("the spools in %s cannot be looked through: %s", self._spools.root, error.strerror)

    def _move(self, conn: Connection, idle: list[int]) -> None:
        """Give this slot up in good order and take one whose worker is gone: there are more sessions than workers."""
        slot, receiver = self._holding.slot, self._holding.receiver
        if slot is None or receiver is None:
            return
        log.warning("slots %s have no worker; leaving slot %d, the highest, for the lowest of them", idle, slot)
        try:
            if run_dry(receiver, partial(self._keep, conn), self._metrics, self._stopping).is_dry:
                with self._limited():
                    slots.release(conn, slot, drained=True)
        finally:
            # Put out in the middle, the slot is not released: its lock must not outlive our leaving it.
            self._leave_session()

    def _finish(self) -> None:
        """The clean stop: keep and acknowledge what is held, as far as time allows; take nothing more in."""
        receiver = self._holding.receiver
        if receiver is None:
            return
        receiver.finish()
        self._stop_by = time.monotonic() + STOP_WITHIN_S
        while time.monotonic() < self._stop_by:
            if not self._held:
                self._held = receiver.take(0)
                self._metrics.received.inc(len(self._held))
            before = len(self._held)
            if before:
                self._settle(receiver)
            if len(self._held) == before:
                break
        if self._held:
            log.warning("stopping with %d messages unacknowledged; they come again", len(self._held))

    def _leave_session(self) -> None:
        """Give the session up with all that is in hand, and the lock with its connection."""
        self._holding.drop()
        self._link.drop()
        self._held = []

    def _oldest_unacknowledged_s(self) -> float:
        held, waiting = self._held, self._metrics.buffer_oldest_ms()
        oldest_ms = held[0].arrived_at_ms if held else waiting
        return 0.0 if oldest_ms is None else max(0.0, time.time() - oldest_ms / 1000)
