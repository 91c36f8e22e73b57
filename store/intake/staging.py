"""One table's share of a batch: binary COPY into a temporary table, then INSERT ... ON CONFLICT DO NOTHING.

A redelivered row would fail a plain COPY; through the staging table it is recognised as a duplicate (same identity,
same values) or a conflict (same identity, other values). Rows are inserted in the order of their key, so that two
workers meeting the same keys queue up instead of deadlocking.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias

from psycopg import sql

from store.database import Connection

US_PER_MS = 1000

Identity: TypeAlias = tuple[int, int, int, int]
"""device_id, ts in ms since the epoch, boot, seq."""


class Staged(NamedTuple):
    """What a table made of the rows it was given."""

    inserted: int
    """How many of them were new."""
    new: set[Identity] | None
    """Which ones; None when all of them were."""
    conflicts: list[int]
    """Ordinals of rows whose identity is taken by other values."""


@dataclass(frozen=True)
class Target:
    """A table that elements are written to. `columns` and `types` are those beside the base columns."""

    table: str
    columns: tuple[str, ...]
    types: tuple[str, ...]

    @cached_property
    def stage(self) -> str:
        """Name of the temporary table: of its columns too, for a connection may outlive a catalogue."""
        shape = repr((self.table, self.columns, self.types)).encode()
        return f"stage_{hashlib.sha256(shape).hexdigest()[:16]}"

    @cached_property
    def _create(self) -> sql.Composed:
        columns = sql.SQL(", ").join(
            sql.SQL("{} {}").format(sql.Identifier(c), sql.SQL(t))
            for c, t in zip(self.columns, self.types, strict=True)
        )
        return sql.SQL(
            "CREATE TEMPORARY TABLE IF NOT EXISTS {} (ordinal int, device_id int, ts_ms bigint, boot int, seq bigint, "
            "lag_ms bigint, quality smallint, {}) ON COMMIT DELETE ROWS"
        ).format(sql.Identifier(self.stage), columns)

    @cached_property
    def _copy(self) -> sql.Composed:
        return sql.SQL("COPY {} FROM STDIN (FORMAT BINARY)").format(sql.Identifier(self.stage))

    @cached_property
    def _insert(self) -> sql.Composed:
        columns = sql.SQL(", ").join(map(sql.Identifier, self.columns))
        # Identities travel back only when some rows were there before: hardly ever, and they cost 1.5 us a row.
        return sql.SQL(
            "WITH new AS (INSERT INTO {table} (device_id, ts, boot, seq, lag_ms, quality, {columns}) "
            "SELECT device_id, at_ms(ts_ms), boot, seq, lag_ms, quality, {columns} "
            "FROM {stage} ORDER BY device_id, ts_ms, boot, seq, ordinal "
            "ON CONFLICT (device_id, ts, boot, seq) DO NOTHING RETURNING device_id, ts, boot, seq), "
            "counted AS (SELECT count(*) AS n FROM new) "
            "SELECT n, device_id, ms_of(ts), boot, seq FROM counted LEFT JOIN new ON n <> %s"
        ).format(table=sql.Identifier(self.table), stage=sql.Identifier(self.stage), columns=columns)

    @cached_property
    def _conflicts(self) -> sql.Composed:
        differs = sql.SQL(" OR ").join(
            sql.SQL("t.{c} IS DISTINCT FROM s.{c}").format(c=sql.Identifier(c)) for c in self.columns
        )
        return sql.SQL(
            "SELECT s.ordinal FROM {stage} s JOIN {table} t ON t.device_id = s.device_id "
            "AND t.ts = at_ms(s.ts_ms) AND t.boot = s.boot AND t.seq = s.seq "
            "WHERE t.ts BETWEEN at_ms(%s) AND at_ms(%s) "
            "AND ({differs}) ORDER BY s.ordinal"
        ).format(stage=sql.Identifier(self.stage), table=sql.Identifier(self.table), differs=differs)

    def write(self, conn: Connection, rows: Sequence[Sequence[Any]]) -> Staged:
        """Insert `rows` inside the open transaction.

        A row is (ordinal, device_id, ts_ms, boot, seq, lag_ms, quality, *columns).
        """
        conn.execute(self._create)
        cursor = conn.cursor()
        with cursor.copy(self._copy) as copy:
            copy.set_types(["int4", "int4", "int8", "int4", "int8", "int8", "int2", *self.types])
            for row in rows:
                copy.write_row(row)
        found = conn.cursor(binary=True).execute(self._insert, (len(rows),)).fetchall()
        inserted: int = found[0][0]
        if inserted == len(rows):
            return Staged(inserted, None, [])
        times = [row[2] for row in rows]
        conflicts = [row[0] for row in conn.execute(self._conflicts, (min(times), max(times)))]
        return Staged(inserted, {row[1:] for row in found} if inserted else set(), conflicts)
