"""Columns of numbers as PostgreSQL array literals.

psycopg writes a list element by element in Python, 3 us each; a batch of thousands of devices has tens of thousands.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def integers(column: Iterable[int | None]) -> str:
    """`{1,NULL,3}`, to be cast in the statement: `%s::bigint[]`."""
    return "{" + ",".join(map(str, column)).replace("None", "NULL") + "}"


def columns(rows: Sequence[tuple[int | None, ...]], width: int) -> list[str]:
    """Rows of whole numbers as one literal a column, the shape `unnest` takes."""
    return [integers(column) for column in zip(*rows, strict=True)] if rows else ["{}"] * width
