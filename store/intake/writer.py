"""The transaction that keeps a batch.

Everything a batch says is stored or dead-lettered together, and committed, before anybody acknowledges it. A value the
database refuses is found by halving the batch until it stands alone; it becomes a dead letter (`database`) and its
neighbours are stored. Writing the same batch again changes nothing, so an unclear commit is simply repeated.
"""

from __future__ import annotations

import logging
import random
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeAlias

from psycopg.pq import TransactionStatus
from psycopg.types.json import Jsonb

from catalog.elements import Event, Quality, Reading, Reason, Reject, State
from catalog.model import Product
from store import deadletters, notify, partitions
from store.database import Connection
from store.deadletters import Refused
from store.errors import InvalidValue, Retry, StoreError, Unavailable, translated
from store.intake import clock, continuity, latest, states
from store.intake.arrivals import Arrival, Outcome
from store.intake.continuity import Seen
from store.intake.staging import Identity, Target
from store.product_tables import COLUMN_TYPES, is_hypertable

log = logging.getLogger(__name__)

MAX_TRIES = 6
BACKOFF_S = 0.02
"""First pause after losing against another transaction; doubles each time, jittered."""

EVENTS = Target("events", ("kind", "attrs", "extra"), ("text", "jsonb", "jsonb"))

Timed: TypeAlias = Reading | Event


class Item(NamedTuple):
    """A reading or event with its place in the batch."""

    ordinal: int
    arrival_no: int
    device_id: int
    product: str
    element: Timed
    lag_ms: int


class Intake:
    """Writes batches for one catalogue. Holds no connection; one instance may serve one thread at a time."""

    def __init__(self, catalog: Mapping[str, Product]) -> None:
        self._products = catalog
        self._keys = {p.key: tuple(s.key for s in p.signal) for p in catalog.values()}
        self._targets = {
            p.key: Target(p.table, (*self._keys[p.key], "extra"), (*(COLUMN_TYPES[s.type] for s in p.signal), "jsonb"))
            for p in catalog.values()
        }
        self._months: dict[str, set[tuple[int, int]]] = {}

    def write(self, conn: Connection, arrivals: Sequence[Arrival]) -> Outcome:
        """Store or dead-letter everything in `arrivals`, and commit.

        Raises `Unavailable` when the database is away (nothing may be acknowledged then) and `SchemaError` when it
        does not fit the catalogue. The connection must not be inside a transaction: what is written here would only be
        a part of it, and not committed on return.
        """
        if conn.info.transaction_status is TransactionStatus.INTRANS:
            raise RuntimeError("Intake.write was called inside a transaction; it commits its own")
        try:
            return self._with_retries(conn, arrivals)
        except InvalidValue as error:
            return self._halve(conn, arrivals, error)

    def _with_retries(self, conn: Connection, arrivals: Sequence[Arrival]) -> Outcome:
        for attempt in range(MAX_TRIES):
            try:
                with translated(), conn.transaction():
                    outcome = self._transaction(conn, arrivals)
                if conn.closed:  # psycopg leaves the transaction of a closed connection without a word
                    raise Unavailable("the connection was closed before the commit was certain")
                return outcome
            except StoreError as error:
                knew_months = any(self._months.values())
                self._months.clear()  # partitions made in this transaction are gone with it
                # A month known to have a partition may have lost it to retention.
                expired = isinstance(error, InvalidValue) and error.sqlstate == _NO_PARTITION and knew_months
                if not (isinstance(error, Retry) or (expired and attempt == 0)):
                    raise
                log.info("batch of %d messages lost against another transaction: %s", len(arrivals), error)
                time.sleep(random.uniform(0.5, 1.5) * BACKOFF_S * 2**attempt)  # noqa: S311 - jitter
        raise Unavailable(f"a batch lost {MAX_TRIES} times against other transactions; is something holding locks?")

    def _halve(self, conn: Connection, arrivals: Sequence[Arrival], error: InvalidValue) -> Outcome:
        outcome = Outcome()
        if len(arrivals) > 1:
            middle = len(arrivals) // 2
            outcome.add(self.write(conn, arrivals[:middle]), range(middle))
            outcome.add(self.write(conn, arrivals[middle:]), range(middle, len(arrivals)))
            return outcome
        (arrival,) = arrivals
        if len(arrival.elements) > 1:
            middle = len(arrival.elements) // 2
            first = arrival._replace(elements=arrival.elements[:middle])
            second = arrival._replace(elements=arrival.elements[middle:], rejects=())
            for half in (first, second):
                outcome.add(self.write(conn, [half]), [0])
            return outcome
        if not arrival.elements:
            raise error
        (element,) = arrival.elements
        index = element.index
        log.warning("the database refuses element %d of a message (SQLSTATE %s); dead-lettered", index, error.sqlstate)
        refused = Reject(index, Reason.DATABASE, f"{error} (SQLSTATE {error.sqlstate})")
        if not isinstance(element, State) and element.boot >= 0:
            refused = refused._replace(boot=element.boot, seq=element.seq)
        return self.write(conn, [arrival._replace(elements=(), rejects=(*arrival.rejects, refused))])

    def _transaction(self, conn: Connection, arrivals: Sequence[Arrival]) -> Outcome:
        outcome = Outcome(rejects=[(no, reject) for no, a in enumerate(arrivals) for reject in a.rejects])
        items, reported = self._settled(conn, arrivals, outcome)
        self._partitions(conn, items)
        new = self._store(conn, items, outcome)
        refused = {(no, r.index) for no, r in outcome.rejects if r.reason is Reason.CONFLICT}
        kept = [i for i in items if (i.arrival_no, i.element.index) not in refused] if refused else items
        states.write(conn, reported)
        arrived: dict[int, int] = {}
        for arrival in arrivals:
            if arrival.device_id is not None:
                arrived[arrival.device_id] = max(arrived.get(arrival.device_id, 0), arrival.arrived_at_ms)
        if arrived:
            self._continue(conn, kept, new, arrived, outcome)
        deadletters.write(conn, (Refused(arrivals[no].topic, arrivals[no].payload, r) for no, r in outcome.rejects))
        conn.execute(f"NOTIFY {notify.INGESTED}".encode())
        return outcome

    def _settled(
        self, conn: Connection, arrivals: Sequence[Arrival], outcome: Outcome
    ) -> tuple[list[Item], list[tuple[int, int, State]]]:
        """Readings and events with their final ts, and states."""
        resolved = clock.settle(
            conn,
            [
                ((arrival.device_id or 0, e.boot, e.seq), e.ts_ms)
                for arrival in arrivals
                for e in arrival.elements
                if not isinstance(e, State) and e.quality & _CLOCK and e.boot >= 0
            ],
        )
        items: list[Item] = []
        reported: list[tuple[int, int, State]] = []
        for no, (_, _, arrived_at_ms, device_id, product, elements, _) in enumerate(arrivals):
            if not elements:
                continue
            if device_id is None or product is None:
                raise ValueError("an arrival with elements needs the device and product they belong to")
            for element in elements:
                if isinstance(element, State):
                    reported.append((device_id, arrived_at_ms, element))
                    continue
                if element.quality & _CLOCK:
                    outcome.clock += 1
                    ts_ms = resolved.get((device_id, element.boot, element.seq), element.ts_ms)
                    element = element._replace(ts_ms=ts_ms)  # noqa: PLW2901
                items.append(Item(len(items), no, device_id, product, element, arrived_at_ms - element.ts_ms))
        outcome.states += len(reported)
        return items, reported

    def _partitions(self, conn: Connection, items: Sequence[Item]) -> None:
        """Make sure that every month of the batch has its partition: a resolved time may lie in one long gone."""
        wanted: defaultdict[str, set[int]] = defaultdict(set)
        for item in items:
            if isinstance(item.element, Reading):
                wanted[item.product].add(item.element.ts_ms // _DAY_MS)
        for product, days in sorted(wanted.items()):
            months = {(m.year, m.month) for m in (datetime.fromtimestamp(d * _DAY_S, UTC) for d in days)}
            known = self._months.setdefault(product, set())
            if months <= known:
                continue
            table = self._products[product].table
            if not is_hypertable(conn, table):
                for year, month in sorted(months - known):
                    start = datetime(year, month, 1, tzinfo=UTC)
                    partitions.ensure(conn, table, start, start)
            known |= months

    def _store(self, conn: Connection, items: Sequence[Item], outcome: Outcome) -> dict[str, set[Identity] | None]:
        """Insert readings and events; returns what was new by product and of `_EVENTS`, None where everything was."""
        rows: defaultdict[str, list[tuple[Any, ...]]] = defaultdict(list)
        for ordinal, _, device_id, product, e, lag_ms in items:
            extra = Jsonb(e.extra) if e.extra else None
            if isinstance(e, Reading):
                values = map(e.values.get, self._keys[product])
                rows[product].append((ordinal, device_id, e.ts_ms, e.boot, e.seq, lag_ms, e.quality, *values, extra))
            else:
                said = (e.kind, Jsonb(e.attrs), extra)
                rows[_EVENTS].append((ordinal, device_id, e.ts_ms, e.boot, e.seq, lag_ms, e.quality, *said))
        new: dict[str, set[Identity] | None] = {}
        for product in sorted(rows):
            target = EVENTS if product == _EVENTS else self._targets[product]
            written = target.write(conn, rows[product])
            for ordinal in written.conflicts:
                item = items[ordinal]
                detail = "another element with this device, ts, boot and seq is stored with other values"
                outcome.rejects.append((item.arrival_no, Reject(item.element.index, Reason.CONFLICT, detail)))
            outcome.stored += written.inserted
            outcome.duplicates += len(rows[product]) - written.inserted - len(written.conflicts)
            new[product] = written.new
        return new

    def _continue(
        self,
        conn: Connection,
        kept: Sequence[Item],
        new: Mapping[str, set[Identity] | None],
        arrived: Mapping[int, int],
        outcome: Outcome,
    ) -> None:
        """Latest values, last seen, runs, boots and heard: with the batch's devices locked, as late as possible."""
        held = latest.lock(conn, arrived.keys())
        readings: list[tuple[int, Reading]] = []
        newest: dict[int, int] = {}
        seen: list[Seen] = []
        stored: set[tuple[int, int]] = set()
        heartbeat: dict[int, float] = {}
        for _, _, device_id, product, element, _ in kept:
            ts_ms = element.ts_ms
            if isinstance(element, Reading):
                readings.append((device_id, element))
                unmet = new[product]
            else:
                unmet = new[_EVENTS]
            if ts_ms > newest.get(device_id, _BEFORE_ALL_MS):
                newest[device_id] = ts_ms
                heartbeat[device_id] = self._products[product].heartbeat_s
            is_new = True
            if unmet is not None:
                identity = (device_id, ts_ms, element.boot, element.seq)
                is_new = identity in unmet
                unmet.discard(identity)
            if is_new and isinstance(element, Reading):
                stored.add((device_id, ts_ms // _HOUR_MS))
            seen.append(Seen(device_id, element.boot, element.seq, ts_ms, element.previous, is_new))
        latest.update(conn, held, readings, newest, arrived, stored)
        outcome.seq_reused = continuity.update(conn, seen, heartbeat)


_NO_PARTITION = "23514"
"""SQLSTATE check_violation: what PostgreSQL says of a row that no partition takes."""
_EVENTS = ""
"""Beside the products' keys, which are never empty."""
_CLOCK = int(Quality.CLOCK)
"""As a plain number: `&` on the flag itself makes a new one each time, a microsecond an element."""
_BEFORE_ALL_MS = -(2**63)
_HOUR_MS = 3_600_000
_DAY_S = 86_400
_DAY_MS = _DAY_S * 1000
