"""The schema is what `tests/golden/schema.txt` says, on every engine.

After a change of the schema: `VOP_UPDATE_GOLDEN=1 .venv/bin/pytest tests/migration/test_schema.py`, on plain
PostgreSQL, and read the difference before committing it.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import catalog
from store.database import connect
from store.migrate import schema

GOLDEN = Path(__file__).parents[1] / "golden" / "schema.txt"
TELEMETRY = "|".join(product.table for product in catalog.load().values())


def as_plain(line: str) -> str:
    """A line of TimescaleDB as plain PostgreSQL has it: the one index of a partitioned table is "on only" it."""
    return re.sub(rf"^(CREATE UNIQUE INDEX \w+ ON) (public\.(?:{TELEMETRY}) )", r"\1 ONLY \2", line)


def test_the_migrations_make_the_schema_that_is_written_down(database: str) -> None:
    with connect(database) as conn:
        found = schema(conn)
        hypertables = conn.execute("SELECT 1 FROM pg_extension WHERE extname = 'timescaledb'").fetchone()
    found = sorted(as_plain(line) if hypertables else line for line in found)
    if os.environ.get("VOP_UPDATE_GOLDEN") and not hypertables:
        GOLDEN.write_text("\n".join(found) + "\n", encoding="utf-8")
    assert found == GOLDEN.read_text(encoding="utf-8").splitlines()
