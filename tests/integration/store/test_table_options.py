"""What `vop migrate` may be told about how telemetry is kept."""

from __future__ import annotations

import pytest

import catalog
from settings import BadSetting
from store.database import Connection, connect
from store.migrate import migrate
from store.product_tables import TableOptions, is_hypertable

TABLE = "telemetry_robot_vacuum"


def _days_a_chunk(conn: Connection) -> list[tuple[int]]:
    return conn.execute(
        """SELECT extract(day FROM time_interval)::int FROM timescaledb_information.dimensions
           WHERE hypertable_name = %s""",
        (TABLE,),
    ).fetchall()


def test_a_changed_length_of_chunks_concerns_those_to_come(database: str) -> None:
    with connect(database, autocommit=True) as conn:
        if not is_hypertable(conn, TABLE):
            pytest.skip("plain PostgreSQL has no chunks")
        assert _days_a_chunk(conn) == [(TableOptions().chunk_days,)]
        migrate(database, catalog.load(), options=TableOptions.from_environment({"VOP_CHUNK_DAYS": "5"}))
        assert _days_a_chunk(conn) == [(5,)]


def test_a_length_of_chunks_that_makes_no_sense_is_refused_by_name() -> None:
    with pytest.raises(BadSetting, match="VOP_CHUNK_DAYS"):
        TableOptions.from_environment({"VOP_CHUNK_DAYS": "0"})
