"""What the facts of `store.health` mean: each check a finding, in words a person can act on.

`vop doctor` asks them beside its looks at broker and disks; the API shows them as far as its role sees.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, TypeAlias

from catalog.model import Product
from store.database import Connection
from store.diagnosis import server, tables, work
from store.diagnosis.finding import WORST_FIRST, Finding, Level, unknown
from store.errors import StoreError, translated

__all__ = ["WORST_FIRST", "Check", "Finding", "Level", "examine", "one", "worst"]

Check: TypeAlias = tuple[str, Callable[[Connection, Mapping[str, Product]], Finding]]
CURRENT: Final[Check] = ("schema.current", tables.current)


def examine(
    conn: Connection, catalog: Mapping[str, Product], of_server: Iterable[Check] = server.CHECKS
) -> Iterator[Finding]:
    """Ask everything that SQL can tell, the server's checks first; the rest only where the schema is this program's.

    Each is there even if the next never answers.
    """
    for check in of_server:
        yield one(conn, catalog, check)
    schema = one(conn, catalog, CURRENT)
    yield schema
    if schema.level == "ok":
        for check in (*tables.CHECKS, *work.CHECKS):
            yield one(conn, catalog, check)


def one(conn: Connection, catalog: Mapping[str, Product], check: Check) -> Finding:
    """What one check finds; what this role may not ask is out of sight, and no fault."""
    name, look = check
    try:
        with translated(), conn.transaction():  # within one that is open: what fails must not end the caller's
            return look(conn, catalog)
    except StoreError as error:
        return unknown(
            name,
            f"it could not be looked at: {error}",
            "run this as the owner of the tables; GRANT pg_monitor TO that role for what it may not see",
        )


def worst(findings: Iterable[Finding]) -> Level:
    """The worst level among them; ok when there are none."""
    levels = {finding.level for finding in findings}
    return next((level for level in WORST_FIRST if level in levels), "ok")
