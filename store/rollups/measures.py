"""What a rollup keeps of a signal, by its type, as SQL over the raw rows of an hour.

Where a type has no use for a measure its column is null. Lowest, highest and last are kept exactly as stored. Means
and spreads are computed as float8, of values no further from zero than 1e140: PostgreSQL ends a statement whose sum
overflows, and one absurd value must not keep a device from being rolled up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, LiteralString

from psycopg import sql

from catalog.model import Product, Signal
from store.database import Connection
from store.errors import SchemaError

MEASURES: Final[dict[str, LiteralString]] = {
    "n": "int",
    "lo": "float8",
    "hi": "float8",
    "lo_int": "bigint",
    "hi_int": "bigint",
    "mean": "float8",
    "spread": "float8",
    "last": "float8",
    "last_int": "bigint",
    "last_text": "text",
    "tally": "jsonb",
}
"""Name -> type of a measure of one hour; `rollups.h_<name>` is the array of a day's."""

CLAMPED: Final = "CASE WHEN {0} > 1e140 THEN 1e140 WHEN {0} < -1e140 THEN -1e140 ELSE {0} END"
LAST: Final = "(array_agg({0} ORDER BY ts DESC, boot DESC, seq DESC) FILTER (WHERE {0} IS NOT NULL))[1]"
"""The newest value, ties of ts broken as everywhere."""

MAX_SIGNALS: Final = 60
"""Signals in one statement: 7 columns each, and PostgreSQL allows 1,664."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One signal of a product, with its number in `rollups`."""

    signal: Signal
    signal_id: int

    @property
    def is_whole(self) -> bool:
        """Whether lowest, highest and last are whole numbers (a bool's are 0 and 1)."""
        return self.signal.type in ("int64", "bool")

    @property
    def is_number(self) -> bool:
        """Whether it has a lowest, a mean and a highest."""
        return self.signal.type not in ("enum", "text")

    @property
    def has_last(self) -> bool:
        """Whether its last value is kept: of all but gauges."""
        return self.signal.kind == "counter" or self.signal.type in ("bool", "enum", "text")


def kept(conn: Connection, product: Product, signals: Sequence[Signal] | None = None) -> list[Kept]:
    """These signals of a product, or all; `SchemaError` when one is not in the database yet."""
    rows = conn.execute("SELECT key, signal_id FROM product_signals WHERE product = %s", (product.key,))
    ids = dict(rows.fetchall())
    wanted = product.signal if signals is None else signals
    missing = [s.key for s in wanted if s.key not in ids]
    if missing:
        raise SchemaError(f"product {product.key}: the database has no signal {', '.join(missing)}; run `vop migrate`")
    return [Kept(s, ids[s.key]) for s in wanted]


def expressions(k: Kept) -> dict[str, sql.Composed]:
    """Measure -> aggregate over raw rows. `tally` is an array of the values, to be counted by `projected`."""
    type_ = k.signal.type
    found: dict[str, LiteralString] = {"n": "count({0})::int"}
    if k.is_number:
        number: LiteralString = "{0}"
        if type_ == "bool":
            number = "{0}::int"
        suffix = "_int" if k.is_whole else ""
        found |= {f"lo{suffix}": f"min({number})", f"hi{suffix}": f"max({number})"}
        real: LiteralString = CLAMPED if type_ == "float64" else f"({number})::float8"
        found |= {"mean": f"avg({real})", "spread": f"var_pop({real}) * count({{0}})"}
        if type_ == "bool":
            found["last_int"] = LAST + "::int"
        elif k.has_last:
            found[f"last{suffix}"] = LAST
    else:
        found["last_text"] = LAST
        if type_ == "enum":
            found["tally"] = "array_agg({0}) FILTER (WHERE {0} IS NOT NULL)"
    column = sql.Identifier(k.signal.key)
    return {measure: sql.SQL(text).format(column) for measure, text in found.items()}


def name(at: int, measure: str) -> sql.Identifier:
    """Of the column with a measure of the signal numbered `at` within its statement."""
    return sql.Identifier(f"s{at}_{measure}")


def aggregated(signals: Sequence[Kept]) -> sql.Composed:
    """The select list of one pass over raw rows."""
    return sql.SQL(", ").join(
        sql.SQL("{} AS {}").format(expression, name(at, measure))
        for at, k in enumerate(signals)
        for measure, expression in expressions(k).items()
    )


COUNTED: Final = sql.SQL(
    "(SELECT jsonb_object_agg(v, c) FROM (SELECT v, count(*) AS c FROM unnest({}) v GROUP BY v) g HAVING count(*) > 1)"
)
"""Of an array of values, how often each is in it; null when all are the same."""


def projected(signals: Sequence[Kept]) -> sql.Composed:
    """`(signal_id, n, lo, ...), ...`: what `aggregated` selected as one row a signal, for VALUES."""
    rows = []
    for at, k in enumerate(signals):
        there = expressions(k)
        cells: list[sql.Composable] = [sql.SQL("{}::int").format(sql.Literal(k.signal_id))]
        for measure, kind in MEASURES.items():
            cell: sql.Composable = name(at, measure) if measure in there else sql.SQL("NULL")
            if measure == "tally" and measure in there:
                cell = COUNTED.format(cell)
            cells.append(sql.SQL("{}::{}").format(cell, sql.SQL(kind)))
        rows.append(sql.SQL("({})").format(sql.SQL(", ").join(cells)))
    return sql.SQL(", ").join(rows)
