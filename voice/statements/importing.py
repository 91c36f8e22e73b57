"""Many statements at once: each row is kept or refused by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from catalog.model import Product
from store.database import Connection
from store.errors import Conflict, InvalidValue, NotFound
from voice.compare import Thresholds
from voice.statements.files import Row
from voice.statements.taking import Taken, take

Outcome: TypeAlias = Literal["kept", "unchanged", "refused"]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a row."""

    number: int
    outcome: Outcome
    taken: Taken | None = None
    problem: str | None = None


def keep(
    conn: Connection,
    catalog: Mapping[str, Product],
    rows: Iterable[Row],
    thresholds: Thresholds,
    *,
    by: str,
    now: datetime,
) -> Iterator[Result]:
    """Keep the rows one after the other, in the caller's transaction. A row whose `ref` is known is unchanged."""
    for row in rows:
        if row.said is None:
            yield Result(row.number, "refused", problem=row.problem)
            continue
        try:
            with conn.transaction():
                taken = take(conn, catalog, row.said, thresholds, by=by, now=now)
        except (NotFound, Conflict, InvalidValue) as error:
            yield Result(row.number, "refused", problem=str(error))
            continue
        yield Result(row.number, "unchanged" if taken.known else "kept", taken)
