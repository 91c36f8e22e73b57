"""The watch over closed cases: a fault that comes back reopens its case, and the days since are counted.

A claim that comes back does so in `joining`, as it is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, TypeAlias

from catalog.elements import Json
from catalog.model import Product
from store import cases, closings, occurrences
from store.closings import Closing
from store.database import Connection
from voice.casework.closing import reopen
from voice.casework.figures import figures, opened_by, owned

Seen: TypeAlias = Literal["watched", "reopened", "held", "ended"]
BY = "system:relay"


def look(conn: Connection, catalog: Mapping[str, Product], closing: Closing, now: datetime) -> Seen:
    """Look after one closing whose watch is open, in the caller's transaction. Done twice, it changes nothing more.

    Late events count for the time they happened in, as long as the watch is open.
    """
    case = cases.locked(conn, closing.case_id)
    current = next((c for c in closings.of(conn, [case.case_id]) if c.closing_id == closing.closing_id), None)
    if current is None or current.ended_at is not None:
        return "ended"  # somebody was faster
    product = catalog.get(case.product) if case.product else None
    until = min(now, closing.watch_until)
    closings.saw(conn, closing.closing_id, figures(conn, case, product, closing.closed_at, until, now))
    kinds = {kind: fault for fault, kind in opened_by(product).items() if fault in closing.faults}
    windows = owned(conn, case, closing.closed_at, until)
    found = occurrences.first(conn, case.device_id, kinds, windows) if case.device_id and kinds and windows else None
    if found is not None:
        event: Json = {"ts": found.ts.isoformat(), "boot": found.boot, "seq": found.seq, "kind": found.kind}
        reopen(conn, case.case_id, {"by": "fault", "fault": kinds[found.kind], "event": event}, by=BY, now=now)
        return "reopened"
    if now >= closing.watch_until:
        closings.end(conn, closing.closing_id, now, None)
        cases.note(conn, case.case_id, "held", by=BY, at=now)
        return "held"
    return "watched"
