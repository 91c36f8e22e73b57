"""Reported state and presence: the newest by (boot, conn), offline after online of the same connection."""

from __future__ import annotations

from collections.abc import Sequence

from psycopg.types.json import Jsonb

from catalog.elements import State
from store.database import Connection


def order(state: State) -> tuple[int, int, int]:
    """Sort key of presence: an offline report belongs after the online one of its connection."""
    return (state.boot, state.conn, 0 if state.online else 1)


def write(conn: Connection, states: Sequence[tuple[int, int, State]]) -> None:
    """Keep `states` (device_id, arrived_at_ms, state): every connection once, and the newest as the device's own.

    A will carries neither time nor values; what was reported before stands.
    """
    if not states:
        return
    rows = [
        (d, s.boot, s.conn, s.online, at, s.ts_ms, s.firmware, s.desired_version, Jsonb(s.values))
        for d, at, s in sorted(states, key=lambda row: (row[0], order(row[2])))
    ]
    connections = {row[:4]: row[:7] for row in reversed(rows)}
    conn.execute(
        """INSERT INTO connections (device_id, boot, conn, online, arrived_at, ts, firmware)
           SELECT d, b, c, o, at_ms(a), at_ms(t), f
           FROM unnest(%s::int[], %s::int[], %s::bigint[], %s::bool[], %s::bigint[], %s::bigint[], %s::text[])
                AS u(d, b, c, o, a, t, f)
           ORDER BY d, b, c, o ON CONFLICT DO NOTHING""",
        [list(column) for column in zip(*connections.values(), strict=True)],
    )
    newest: dict[int, list[object]] = {}
    for row in rows:
        before = newest.get(row[0])
        merged: list[object] = list(row)
        if before is not None:
            for place in (5, 6, 7):
                merged[place] = row[place] if row[place] is not None else before[place]
            if not row[8].obj:
                merged[8] = before[8]
        newest[row[0]] = merged
    conn.execute(
        """INSERT INTO device_state AS s
               (device_id, boot, conn, online, arrived_at, ts, firmware, desired_version, "values")
           SELECT d, b, c, o, at_ms(a), at_ms(t), f, v, j
           FROM unnest(%s::int[], %s::int[], %s::bigint[], %s::bool[], %s::bigint[], %s::bigint[], %s::text[],
                       %s::bigint[], %s::jsonb[]) AS u(d, b, c, o, a, t, f, v, j)
           ORDER BY d
           ON CONFLICT (device_id) DO UPDATE SET
               online = EXCLUDED.online, boot = EXCLUDED.boot, conn = EXCLUDED.conn, arrived_at = EXCLUDED.arrived_at,
               ts = coalesce(EXCLUDED.ts, s.ts), firmware = coalesce(EXCLUDED.firmware, s.firmware),
               desired_version = coalesce(EXCLUDED.desired_version, s.desired_version),
               "values" = CASE WHEN EXCLUDED."values" = '{}' THEN s."values" ELSE EXCLUDED."values" END
           WHERE (s.boot, s.conn, NOT s.online) <= (EXCLUDED.boot, EXCLUDED.conn, NOT EXCLUDED.online)""",
        [list(column) for column in zip(*newest.values(), strict=True)],
    )
