"""Elements whose own time is unusable keep the time they were first given (DESIGN decision 7).

Their resolved `ts` depends on when they arrived, and `ts` is part of their identity: a redelivery would be stored
again. So the first one is written down by (device, boot, seq), and every later one takes it from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from store.database import Connection
from store.intake.arrays import columns, integers

Numbered: TypeAlias = tuple[int, int, int]
"""device_id, boot, seq."""


def settle(conn: Connection, wanted: Sequence[tuple[Numbered, int]]) -> dict[Numbered, int]:
    """Write down each (device_id, boot, seq) -> ts_ms not yet known; return what is now known of all of them."""
    if not wanted:
        return {}
    # Key order, as everywhere in this package, so that two workers never wait for each other in a circle.
    rows = sorted(set(wanted))
    devices, boots, seqs = columns([key for key, _ in rows], 3)
    conn.execute(
        """INSERT INTO unclocked (device_id, boot, seq, ts)
           SELECT d, b, s, at_ms(ms)
           FROM unnest(%s::int[], %s::int[], %s::bigint[], %s::bigint[]) AS u(d, b, s, ms)
           ON CONFLICT DO NOTHING""",
        (devices, boots, seqs, integers(ms for _, ms in rows)),
    )
    found = conn.execute(
        """SELECT u.device_id, u.boot, u.seq, ms_of(u.ts)
           FROM unnest(%s::int[], %s::int[], %s::bigint[]) AS w(d, b, s)
           JOIN unclocked u ON u.device_id = w.d AND u.boot = w.b AND u.seq = w.s""",
        (devices, boots, seqs),
    )
    return {(d, b, s): ms for d, b, s, ms in found}
