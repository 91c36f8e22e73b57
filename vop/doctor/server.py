"""The database server: what SQL tells of it, and the disk it is on where that is this machine's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from catalog.model import Product
from store.database import Connection
from store.diagnosis import Check
from store.diagnosis import server as by_sql
from store.diagnosis.finding import Finding, unknown
from store.health import server as facts
from vop.doctor.disk import disk


def data_disk(conn: Connection, _catalog: Mapping[str, Product]) -> Finding:
    """Is there room on the database's disk? Only where that is on this machine."""
    name, directory = "database.disk", facts.data_directory(conn)
    if directory is None:
        return unknown(
            name,
            "the database's disk cannot be looked at from here: SQL cannot ask for it",
            "run `df` on its machine, and have it alarmed at 80 %",
        )
    return disk(name, directory, "the database's disk")


CHECKS: Final[tuple[Check, ...]] = (*by_sql.CHECKS, ("database.disk", data_disk))
