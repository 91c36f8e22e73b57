"""`vop retention` against a real database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from click.testing import CliRunner

from store import partitions
from store.database import connect
from vop.__main__ import cli


def test_old_months_go_and_coming_ones_are_made(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOP_DATABASE_URL", database)
    long_ago = datetime.now(UTC) - timedelta(days=1_000)
    with connect(database) as conn:
        partitions.ensure(conn, "audit", long_ago, long_ago)
        conn.execute(
            """INSERT INTO audit (at, actor, action, object_type, object)
               SELECT at, 'system:t', 'x', 'y', 'z' FROM unnest(ARRAY[%s, now()]) at""",
            (long_ago,),
        )
        conn.commit()
    result = CliRunner().invoke(cli, ["retention"])
    assert result.exit_code == 0, result.output
    assert "1 of audit" in result.output
    with psycopg.connect(database) as conn:
        assert conn.execute("SELECT count(*) FROM audit").fetchone() == (1,)
    again = CliRunner().invoke(cli, ["retention"])
    assert "nothing was old enough" in again.output


def test_a_negative_age_is_bad_usage(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOP_DATABASE_URL", database)
    assert CliRunner().invoke(cli, ["retention", "--raw-days", "-1"]).exit_code == 2
