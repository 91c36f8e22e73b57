"""Raw rows of a device as CSV, for who wants to compute for themselves."""

from __future__ import annotations

import csv
import io
import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

from fastapi import Depends, Query
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from api import access
from api.auditing import Visiting
from api.devices.history import visible
from api.errors import Absent
from api.parameters import DeviceId, Key, Period, period
from api.routing import feature
from api.services import Services
from catalog.elements import Scalar
from catalog.model import MAX_SIGNALS, Product
from store import readings
from store.errors import StoreError
from store.readings import Position

log = logging.getLogger(__name__)
router = feature("devices")

MAX_EXPORT: Final = 100_000
"""Rows in one file; its last line says when there are more."""
LONGEST = timedelta(days=1830)
_DAY = Depends(period(timedelta(days=1), LONGEST))
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""The last four are the wide forms of the first: some spreadsheets take them for the same."""
BASE = ("ts", "boot", "seq", "lag_ms", "quality")


class Csv(StreamingResponse):
    """Comma-separated values (RFC 4180), UTF-8, made as they are sent."""

    media_type = "text/csv; charset=utf-8; header=present"


def cell(value: Scalar | None) -> str:
    """A value as its cell: a spreadsheet must not take a text for a formula (CWE-1236), so such a one gets a `'`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    return repr(value)


def moment(ts: datetime) -> str:
    """RFC 3339, UTC, with milliseconds."""
    return ts.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def lines(rows: Sequence[Sequence[str]]) -> bytes:
    """Rows of cells as bytes of the file."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


@dataclass(frozen=True, slots=True)
class Export:
    """One file: which rows, in which columns."""

    services: Services
    product: Product
    device_id: int
    keys: Sequence[str]
    within: Period
    most: int

    async def pieces(self) -> AsyncIterator[bytes]:
        """The file, a page of rows at a time: who reads slowly holds no connection meanwhile.

        When the database goes away the answer breaks off, so that half a file is not taken for a whole one.
        """
        yield lines([[*BASE, *self.keys]])
        after: Position | None = None
        left = self.most
        while left > 0:
            limit = min(left, readings.MAX_ROWS)
            try:
                async with self.services.at_work:
                    rows = await run_in_threadpool(self._page, after, limit)
            except StoreError as error:
                log.warning("an export broke off: %s", error)
                raise
            yield lines([self._cells(row) for row in rows])
            if len(rows) < limit:
                return
            after, left = rows[-1].position, left - len(rows)
        assert after is not None
        yield lines([[f"# {self.most} rows, the most in one file; ask again with from={moment(after.ts)}"]])

    def _page(self, after: Position | None, limit: int) -> list[readings.Row]:
        with self.services.database.connection() as conn:
            return readings.raw(
                conn, self.product, self.device_id, self.keys, self.within.start, self.within.end,
                after=after, limit=limit,
            )  # fmt: skip

    def _cells(self, row: readings.Row) -> list[str]:
        base = [moment(row.ts), str(row.boot), str(row.seq), str(row.lag_ms), str(row.quality)]
        return base + [cell(row.values.get(key)) for key in self.keys]


@router.get(
    "/devices/{device}/rows.csv",
    response_class=Csv,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
def rows(
    visit: Visiting,
    device: DeviceId,
    signal: Annotated[
        list[Key] | None, Query(max_length=MAX_SIGNALS, description="Signal; may be repeated. All unless given.")
    ] = None,
    within: Period = _DAY,
) -> Csv:
    """Readings as they are stored, oldest first, at most 100,000 (`X-Row-Limit`); a last line says when there are more.

    With a sensitive signal among them, the rows are of the time in which its reader cared for the owner.
    """
    seen = access.view(visit, device, within)
    if signal is None:
        cared = seen.cared_within(within) is not None
        signal = [s.key for s in seen.product.signal if cared or not s.sensitive]
    if not signal:
        raise Absent(f"{device} has no signal that is for you to see")
    visit.notes(signals=list(signal), start=within.start.isoformat(), end=within.end.isoformat())
    signals, within = visible(seen, signal, within)
    keys = [s.key for s in signals]
    export = Export(visit.services, seen.product, seen.device.device_id, keys, within, MAX_EXPORT)
    name = f"{device}-{within.start:%Y%m%dT%H%M}-{within.end:%Y%m%dT%H%M}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Row-Limit": str(MAX_EXPORT)}
    return Csv(export.pieces(), headers=headers)
