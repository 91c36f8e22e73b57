"""What the dashboard asks of the database is answered to Grafana's role, and nothing else is."""

from __future__ import annotations

import json

import psycopg
import pytest
from psycopg import errors
from psycopg.conninfo import make_conninfo

import catalog
from tests.integration.deploy.conftest import Cluster
from tests.integration.deploy.stack import LOOPBACK
from tests.unit.deploy.compose_file import DEPLOY

QUERIES = {
    panel["title"]: target["rawSql"]
    for path in (DEPLOY / "grafana" / "dashboards").iterdir()
    for panel in json.loads(path.read_text())["panels"]
    for target in panel.get("targets", ())
    if "rawSql" in target
}

READABLE = {
    "products": {"product", "version", "applied_at"},
    "devices": {"device_id", "product", "status", "created_at"},
    "device_state": {"device_id", "online", "firmware", "arrived_at"},
    "latest": {"device_id", "updated_at"},
    "silences": {"device_id", "since", "noticed_at", "ended_at", "ended_by"},
    "dead_letters": {"dead_letter_id", "reason", "count", "first_at", "last_at", "replayed_at"},
    "ingest_slots": {"slot", "held_since", "hearing_since", "seen_at", "drained_at"},
    "jobs": {
        "job", "every_s", "next_at", "started_at", "finished_at", "succeeded_at", "last_s", "runs", "failures",
        "failing",
    },
    "schema_migrations": {"version", "name", "sha256", "applied_at", "works_with"},
}  # fmt: skip
"""Anything more is a decision: what people and devices say, and who they are, is not read without an audit."""


def as_grafana(cluster: Cluster) -> psycopg.Connection:
    password = (cluster.stack.secrets / "grafana_db_password").read_text().strip()
    port = cluster.stack.ports.database
    return psycopg.connect(
        make_conninfo("", host=LOOPBACK, port=port, dbname="vop", user="vop_grafana", password=password)
    )


@pytest.mark.parametrize("title", QUERIES)
def test_a_panel_gets_its_answer(cluster: Cluster, title: str) -> None:
    with as_grafana(cluster) as conn:
        assert conn.execute(QUERIES[title].encode()).description


def test_it_reads_these_columns_and_no_more(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url("owner")) as conn:
        rows = conn.execute(
            """SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
               WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
               AND a.attnum > 0 AND NOT a.attisdropped
               AND has_column_privilege('vop_grafana', c.oid, a.attnum, 'SELECT')"""
        ).fetchall()
    found: dict[str, set[str]] = {}
    for table, column in rows:
        found.setdefault(table, set()).add(column)
    assert found == READABLE
    signals = {signal.key for product in catalog.load().values() for signal in product.signal}
    assert not signals & set().union(*READABLE.values())


SECRET = {
    "customers' names": "SELECT name FROM customers",
    "accounts' names": "SELECT display_name FROM users",
    "passwords": "SELECT password_hash FROM users",
    "tokens": "SELECT * FROM tokens",
    "sessions": "SELECT * FROM sessions",
    "the audit log": "SELECT * FROM audit",
    "what was refused": "SELECT detail FROM dead_letters",
    "messages that were refused": "SELECT * FROM dead_messages",
    "events": "SELECT * FROM events",
    "rollups": "SELECT * FROM rollups",
    "who owns what": "SELECT * FROM ownerships",
    "who cares for whom": "SELECT * FROM care_team",
    "what customers agreed to": "SELECT * FROM consents",
    "values": "SELECT signals FROM latest",
    "serial numbers": "SELECT serial FROM devices",
    "ids of devices": "SELECT device FROM devices",
    "secrets of devices": "SELECT secret_sha256, mqtt_password FROM devices",
    "addresses": "SELECT * FROM known_browsers",
}


def test_what_is_said_and_who_said_it_is_refused(cluster: Cluster) -> None:
    """Over every signal too, and by every way to the same rows: partitions, chunks, what is kept for statistics."""
    asked = [f"SELECT * FROM {product.table}" for product in catalog.load().values()]
    with psycopg.connect(cluster.url("owner")) as conn:
        parts = conn.execute(
            """SELECT format('SELECT * FROM %I.%I', n.nspname, c.relname) FROM pg_inherits i
               JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE c.relkind IN ('r', 'p', 'f')"""
        ).fetchall()
    with as_grafana(cluster) as conn:
        conn.autocommit = True
        for statement in (*SECRET.values(), *asked, *(row[0] for row in parts)):
            with pytest.raises(errors.InsufficientPrivilege):
                conn.execute(statement.encode())
        assert conn.execute(
            "SELECT count(*) FROM pg_stats WHERE schemaname = 'public' AND attname = 'name'"
        ).fetchone() == (0,)


def test_it_writes_nothing_and_is_not_let_to(cluster: Cluster) -> None:
    for statement in (
        "UPDATE devices SET status = 'retired'",
        "DELETE FROM jobs",
        "CREATE TABLE mine (x int)",
        "CREATE TEMPORARY TABLE mine (x int)",
        "SET ROLE vop_owner",
        "SELECT make_month('audit', '2026-01-01')",
        "SELECT pg_read_file('/etc/passwd')",
        "COPY (SELECT 1) TO PROGRAM 'true'",
    ):
        for mode in ("on", "off"):  # its own setting is a courtesy; rights are what counts
            with as_grafana(cluster) as conn:
                conn.execute(f"SET default_transaction_read_only = {mode}".encode())
                conn.commit()
                with pytest.raises((errors.InsufficientPrivilege, errors.ReadOnlySqlTransaction)):
                    conn.execute(statement.encode())
                conn.rollback()
    with as_grafana(cluster) as conn:
        conn.execute("SET default_transaction_read_only = off")
        conn.commit()
        with pytest.raises(errors.InsufficientPrivilege):
            conn.execute("UPDATE devices SET status = 'retired'")
        conn.rollback()
        assert conn.execute("SHOW statement_timeout").fetchone() == ("15s",)
