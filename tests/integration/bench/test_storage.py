"""The storage benchmark on a small fleet: nothing lost on the way in, and figures in their order."""

from __future__ import annotations

import psycopg
import pytest

from bench import storage


def test_figures_of_a_small_fleet(monkeypatch: pytest.MonkeyPatch, empty_database: str) -> None:
    monkeypatch.setenv("VOP_DATABASE_URL", empty_database)
    steps: list[tuple[str, float]] = []
    found = storage.run(8, 28, lambda step, share: steps.append((step, share)))
    with psycopg.connect(empty_database) as conn:
        stored = [conn.execute(f"SELECT count(*) FROM telemetry_{key}".encode()).fetchone() for key in found.products]
        events = conn.execute("SELECT count(*) FROM events").fetchone()
        hypertables = conn.execute("SELECT 1 FROM pg_extension WHERE extname = 'timescaledb'").fetchone()
    assert [row[0] for row in stored if row] == [kept.rows for kept in found.products.values()]
    assert events is not None
    assert found.sent >= found.rows + events[0] > 0.99 * found.sent
    assert steps[-1] == ("measuring", 1.0)
    assert found.entropy_bytes_per_point < 2.0
    assert found.plain_bytes_per_point > 20
    if hypertables:
        packed, peer = found.columnstore_bytes_per_point, found.peer_bytes_per_point
        assert packed is not None
        assert peer is not None
        assert found.entropy_bytes_per_point < packed < peer < found.plain_bytes_per_point
    else:
        assert found.columnstore_bytes_per_point is None
        assert found.within


def test_a_product_without_rows_has_no_ratios(monkeypatch: pytest.MonkeyPatch, empty_database: str) -> None:
    monkeypatch.setenv("VOP_DATABASE_URL", empty_database)
    found = storage.run(4, 7)
    without = [kept for kept in found.products.values() if not kept.rows]
    assert without, "a fleet of four should lack a product"
    for kept in without:
        assert kept.plain_bytes_per_row is None
        assert kept.plain_bytes_per_point is None
        assert kept.entropy_bytes_per_point is None
    assert found.plain_bytes_per_point > 20
