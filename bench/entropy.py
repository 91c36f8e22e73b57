"""How small a product's rows could be: order-0 entropy of what changes from one reading of a device to its next.

A number counts as its difference from the one before in steps of its resolution, a word or truth value given the one
before, the time in ms since the reading before, identity and doubts as they change, and which signals a row carries
given what the row before carried. Each distribution is known in advance and costs nothing, so no packer that looks one
reading back gets below; one that looks further back, or at several signals at once, could.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import psycopg

from catalog.model import Product, Signal

BITS = 8
STEP = 2.0**-20
"""Of a number without a resolution: beyond what a float32 of everyday size tells apart."""


@dataclass(frozen=True)
class Bound:
    """Bytes of a product's rows at their entropy."""

    values: float
    """Of all signals."""
    presence: float
    """Which of them each row carries."""
    rows: float
    """Time, identity, lag and doubts."""

    @property
    def total(self) -> float:
        """All of it."""
        return self.values + self.presence + self.rows


def bound(conn: psycopg.Connection[tuple[object, ...]], product: Product) -> Bound:
    """The bound of all stored rows of `product`, device by device in order of time. Holds a column in memory."""
    device = _column(conn, product, "device_id")
    same = device[1:] == device[:-1]
    rows = sum(
        _entropy_bytes(np.diff(_column(conn, product, what))[same])
        for what in ("(extract(epoch FROM ts) * 1000)::bigint", "boot")
    )
    # seq begins anew with each boot: what it costs is what differs from counting on, almost nothing.
    rows += _entropy_bytes(np.diff(_column(conn, product, "seq"))[same])
    rows += _entropy_bytes(_column(conn, product, "lag_ms"))
    rows += _conditional_bytes(_column(conn, product, "quality"), same)
    values = 0.0
    carried = np.zeros(len(device), dtype=np.int64)
    for signal in product.signal:
        found = _steps(conn, product, signal)
        there = ~np.isnan(found)
        # Patterns are renumbered at each signal, for a product may have more signals than a number has bits.
        carried = np.unique(carried * 2 + there, return_inverse=True)[1]
        values += _signal_bytes(signal, found[there], device[there])
    return Bound(values, _conditional_bytes(carried, same), rows)


def _signal_bytes(signal: Signal, found: np.ndarray, device: np.ndarray) -> float:
    if len(found) < 2:
        return 0.0
    same = device[1:] == device[:-1]
    if signal.type in ("float32", "float64", "int64"):
        return _entropy_bytes(np.diff(found)[same])
    return _conditional_bytes(found.astype(np.int64), same)


def _column(conn: psycopg.Connection[tuple[object, ...]], product: Product, what: str) -> np.ndarray:
    query = f"SELECT coalesce({what}, 0)::bigint FROM {product.table} ORDER BY device_id, ts, boot, seq"
    rows = conn.cursor(binary=True).execute(query.encode()).fetchall()
    return np.fromiter((row[0] for row in rows), dtype=np.int64, count=len(rows))


def _steps(conn: psycopg.Connection[tuple[object, ...]], product: Product, signal: Signal) -> np.ndarray:
    """A signal's values in steps of its resolution, or numbered when they are words; NaN where there is none."""
    order = f"FROM {product.table} ORDER BY device_id, ts, boot, seq"
    if signal.type in ("enum", "text", "bool"):
        rows = conn.execute(f"SELECT {signal.key}::text {order}".encode()).fetchall()
        numbers: dict[object, int] = {}
        return np.array([np.nan if v is None else numbers.setdefault(v, len(numbers)) for (v,) in rows], dtype=float)
    rows = conn.cursor(binary=True).execute(f"SELECT {signal.key}::float8 {order}".encode()).fetchall()
    return np.rint(np.array([row[0] for row in rows], dtype=float) / (signal.resolution or STEP))


def _entropy_bytes(symbols: np.ndarray) -> float:
    """Bytes of `symbols` (n,) by a code that knows how often each comes."""
    if not len(symbols):
        return 0.0
    counts = np.unique(symbols, return_counts=True)[1]
    return float(-(counts * np.log2(counts / len(symbols))).sum() / BITS)


def _conditional_bytes(symbols: np.ndarray, same: np.ndarray) -> float:
    """Bytes of `symbols` (n,) by a code that knows how often each follows each; `same` (n - 1,) where it does."""
    before, after = symbols[:-1][same], symbols[1:][same]
    pairs = np.stack([before, after], axis=1)
    together = np.unique(pairs, axis=0, return_inverse=True)[1]
    return _entropy_bytes(together) - _entropy_bytes(before)
