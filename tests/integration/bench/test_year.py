"""What the query benchmark loads is what the intake would have stored, and readers find it."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest

import catalog
from bench import place, query, year
from bench.year import ROWS_A_DEVICE, Year
from store import readings
from store.database import connect


@pytest.fixture
def short_year(monkeypatch: pytest.MonkeyPatch, empty_database: str) -> str:
    """Three weeks and few devices are enough to be right about."""
    monkeypatch.setenv("VOP_DATABASE_URL", empty_database)
    monkeypatch.setattr(year, "DAYS", 21)
    monkeypatch.setattr(year, "ROWS_A_DEVICE", 21 * (year.DAY_MIN - year.SILENT_MIN))
    monkeypatch.setattr(year, "FLEET", 12)
    return empty_database


def loaded(url: str, rows: int) -> Year:
    with place.database() as same, connect(same) as conn:
        registered = year.register(conn, catalog.load()["robot_vacuum"])
    return year.grow(url, registered, rows, lambda _step, _share: None)


def test_rows_runs_and_heard_time_agree(short_year: str) -> None:
    found = loaded(short_year, 2 * 21 * 1320)
    with psycopg.connect(short_year) as conn:
        rows = conn.execute("SELECT device_id, count(*), min(seq), max(seq) FROM telemetry_robot_vacuum GROUP BY 1")
        runs = conn.execute(
            """SELECT device_id, sum(last_seq - first_seq + 1)::bigint, min(first_seq), max(last_seq)
               FROM runs GROUP BY 1"""
        )
        assert sorted(rows) == sorted(runs)
        wrong = conn.execute(
            """SELECT count(*) FROM runs r LEFT JOIN telemetry_robot_vacuum t
               ON t.device_id = r.device_id AND t.boot = r.boot AND t.seq IN (r.first_seq, r.last_seq)
                  AND date_trunc('minute', t.ts) IN (r.first_ts, r.last_ts) WHERE t.seq IS NULL"""
        ).fetchone()
        assert wrong == (0,)
        left = conn.execute("SELECT count(*) FROM latest WHERE upper(dirty) - lower(dirty) > 1").fetchone()
        assert left == (0,)
    assert len(found.with_rows) == 2
    assert found.rows == 2 * 21 * 1320 != 2 * ROWS_A_DEVICE


def test_a_chart_from_rollups_is_the_chart_of_the_rows(short_year: str) -> None:
    found = loaded(short_year, 21 * 1320)
    [device] = found.with_rows
    start, end = found.start + timedelta(days=2, minutes=17), found.end - timedelta(minutes=20)
    signal = year.SIGNALS[0]
    with connect(short_year) as conn:
        chart = readings.history(conn, found.product, device, [signal], start, end, 500)
        rows = conn.execute(
            f"""SELECT date_bin(make_interval(secs => {chart.bucket_s}), ts, 'epoch'::timestamptz), min({signal}),
                       max({signal}), count({signal}) FROM telemetry_robot_vacuum
                WHERE device_id = %s AND ts >= %s AND ts < %s GROUP BY 1 ORDER BY 1""".encode(),
            (device, start, end),
        ).fetchall()
    assert [(b.t, b.min, b.max, b.n) for b in chart.buckets[signal]] == rows
    assert len(rows) > 200


def test_growing_adds_devices_and_keeps_the_rest(short_year: str) -> None:
    first = loaded(short_year, 21 * 1320)
    more = year.grow(short_year, first, 3 * 21 * 1320, lambda _step, _share: None)
    with psycopg.connect(short_year) as conn:
        counts = conn.execute("SELECT count(*) FROM telemetry_robot_vacuum GROUP BY device_id").fetchall()
    assert counts == [(21 * 1320,)] * 3
    assert more.with_rows[:1] == first.with_rows


def test_every_question_has_an_answer(short_year: str) -> None:
    found = loaded(short_year, 21 * 1320)
    with connect(short_year, autocommit=True) as conn:
        ask = query.Questions(conn, found)
        start, end = found.start, found.end
        usage = ask.usage_365d()
        chart = readings.history(conn, found.product, found.with_rows[0], [year.SIGNALS[1]], start, end, 1_000)
        assert len(chart.buckets[year.SIGNALS[1]]) > 400
        assert usage.total.uses == 21
        assert usage.total.coverage is not None
        assert 0.9 < usage.total.coverage < 1.0
        assert len(ask.raw_latest()) == 12


def test_a_database_with_devices_is_left_alone(monkeypatch: pytest.MonkeyPatch, empty_database: str) -> None:
    monkeypatch.setenv("VOP_DATABASE_URL", empty_database)
    with place.database() as url, psycopg.connect(url) as conn:
        conn.execute("INSERT INTO devices (device, product) VALUES ('theirs', 'robot_vacuum')")
        conn.execute("UPDATE schema_migrations SET sha256 = 'of another release'")
    with pytest.raises(place.NotEmpty, match="has devices already"), place.database():
        pass
