"""What each service's role may do in the database, and what not: real connections as those roles."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from psycopg import errors, sql

import catalog
from catalog.elements import Reading, Reason, Reject
from store import slots
from store.database import connect
from store.intake import Arrival, Intake
from store.registry import Registry
from tests.integration.deploy.conftest import Cluster
from vop.broker_accounts import BrokerAccounts
from wire.decode import decode

PRODUCTS = catalog.load()
SERVICES = ("ingest", "relay", "api", "accounts")  # Grafana's role: test_grafana.py


def tables(cluster: Cluster) -> list[str]:
    """Every table of the schema, partitions apart."""
    with psycopg.connect(cluster.url("owner")) as conn:
        rows = conn.execute(
            """SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
               AND NOT relispartition ORDER BY 1"""
        )
        return [row[0] for row in rows]


def rights(cluster: Cluster, role: str) -> dict[str, set[str]]:
    """What the role may do to each table, columns included, by the server's own word."""
    with psycopg.connect(cluster.url("owner")) as conn:
        found: dict[str, set[str]] = {}
        for table in tables(cluster):
            for verb in ("SELECT", "INSERT", "UPDATE", "REFERENCES"):
                row = conn.execute("SELECT has_any_column_privilege(%s, %s, %s)", (f"vop_{role}", table, verb))
                if row.fetchone() == (True,):
                    found.setdefault(table, set()).add(verb)
            for verb in ("DELETE", "TRUNCATE", "TRIGGER"):
                row = conn.execute("SELECT has_table_privilege(%s, %s, %s)", (f"vop_{role}", table, verb))
                if row.fetchone() == (True,):
                    found.setdefault(table, set()).add(verb)
        return found


def refused(cluster: Cluster, role: str, statement: str) -> bool:
    """Whether the database refuses the statement for want of a right, and for nothing else."""
    with psycopg.connect(cluster.url(role)) as conn:
        try:
            conn.execute(statement.encode())
        except errors.InsufficientPrivilege:
            return True
        finally:
            conn.rollback()
    return False


@pytest.mark.parametrize("role", SERVICES)
def test_no_service_may_change_the_schema_or_become_more(cluster: Cluster, role: str) -> None:
    for statement in (
        "CREATE TABLE mine (x int)",
        "DROP TABLE events",
        "ALTER TABLE events ADD COLUMN x int",
        "CREATE SCHEMA mine",
        "CREATE EXTENSION pg_stat_statements",
        "CREATE ROLE another",
        "SET ROLE vop_owner",
        "INSERT INTO schema_migrations (version, name, sha256) VALUES (9999, 'x', 'x')",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "SELECT pg_read_file('/etc/passwd')",
    ):
        assert refused(cluster, role, statement), statement
    with psycopg.connect(cluster.url(role)) as conn:
        row = conn.execute(
            "SELECT rolsuper, rolcreatedb, rolcreaterole, rolbypassrls FROM pg_roles WHERE rolname = user"
        )
        assert row.fetchone() == (False, False, False, False)


@pytest.mark.parametrize("role", SERVICES)
@pytest.mark.parametrize("verb", ["UPDATE audit SET actor = 'x'", "DELETE FROM audit", "TRUNCATE audit"])
def test_nobody_changes_the_audit_log(cluster: Cluster, role: str, verb: str) -> None:
    assert refused(cluster, role, verb)


def test_the_rights_are_these_and_no_more(cluster: Cluster) -> None:
    read, write = {"SELECT"}, {"SELECT", "INSERT"}
    change, all_ = {"SELECT", "INSERT", "UPDATE"}, {"SELECT", "INSERT", "UPDATE", "DELETE"}
    telemetry = {product.table: write for product in PRODUCTS.values()}
    intake = telemetry | {
        "events": write,
        "unclocked": write,
        "latest": change,
        "device_state": change,
        "connections": change,
        "boots": change,
        "dead_messages": change,
        "dead_letters": change,
        "runs": all_,
        "heard": all_,
        "schema_migrations": read,
    }
    assert rights(cluster, "ingest") == intake | {"devices": read, "ingest_slots": change}
    rollups = {"product_signals": read, "rollups": read, "silences": read, "ingest_slots": read, "jobs": read}
    registry = {"products": read, "devices": change, "customers": change, "users": change, "tokens": change}
    people = dict.fromkeys(
        ("ownerships", "care_team", "consents", "idempotency", "dead_messages", "dead_letters"), all_
    )
    registry |= {"fault_kinds": read, "faults": read}  # kept by a trigger, as the owner
    people |= dict.fromkeys(("sessions", "sign_in_attempts", "known_browsers"), all_)
    spoken = dict.fromkeys(("cases", "statements", "claims", "verdicts", "promises", "closings"), change)
    spoken["case_steps"] = write
    registry |= {"insight_claims": read, "insight_weeks": read, "regimens": change}
    registry |= {"stock_items": change, "stock_states": read, "orders": change, "outbox": write, "webhooks": all_}
    assert rights(cluster, "api") == intake | rollups | registry | people | spoken | {"audit": write}
    clock = {
        **{table: {"SELECT", "DELETE"} for table in telemetry},
        **dict.fromkeys(("jobs", "silences"), change),
        **dict.fromkeys(
            ("devices", "products", "product_signals", "device_state", "connections", "ingest_slots"), read
        ),
        "latest": {"SELECT", "UPDATE"},
        "rollups": all_,
        "schema_migrations": read,
        # Closed cases are watched: faults and uses of their units, and that something was said, not what.
        **dict.fromkeys(("statements", "ownerships", "consents", "customers", "events", "boots", "heard"), read),
        **{key: {"SELECT", "UPDATE"} for key in ("cases", "promises", "closings")},
        "case_steps": write,
        **dict.fromkeys(("claims", "verdicts"), read),  # topics and figures
        "insight_claims": all_,
        "insight_weeks": write | {"DELETE"},
        **{key: {"SELECT", "UPDATE"} for key in ("stock_items", "webhooks")},
        **dict.fromkeys(("stock_states", "outbox"), change),
        "orders": write,
        "regimens": read,  # what comes back after a case was closed is counted against it
    }
    assert rights(cluster, "relay") == clock
    assert rights(cluster, "accounts") == {"devices": read, "schema_migrations": read}
    assert not {"TRUNCATE", "TRIGGER", "REFERENCES"} & set().union(*rights(cluster, "api").values())


def test_secrets_are_read_by_whom_they_concern(cluster: Cluster) -> None:
    for role, column in (
        ("ingest", "secret_sha256"),
        ("ingest", "mqtt_password"),
        ("ingest", "serial"),
        ("relay", "secret_sha256"),
        ("relay", "mqtt_password"),
        ("relay", "serial"),
        ("accounts", "secret_sha256"),
        ("accounts", "serial"),
    ):
        assert refused(cluster, role, f"SELECT {column} FROM devices"), (role, column)
    for role in ("ingest", "relay", "accounts"):
        assert refused(cluster, role, "SELECT * FROM tokens")
        assert refused(cluster, role, "SELECT * FROM customers")
        for column, table in (
            ("text", "statements"),
            ("extracted", "claims"),
            ("claim", "verdicts"),
            ("verdict", "verdicts"),
        ):
            assert refused(cluster, role, f"SELECT {column} FROM {table}"), (role, column)


def test_a_role_enters_no_other_database_of_ours(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as admin:
        rows = admin.execute("SELECT has_database_privilege('public', 'vop', 'CONNECT, TEMPORARY, CREATE')").fetchall()
        assert rows == [(False,)]
        admin.execute("DROP ROLE IF EXISTS stranger")
        admin.execute("CREATE ROLE stranger LOGIN PASSWORD 'x'")
    with pytest.raises(psycopg.OperationalError, match="CONNECT"):
        psycopg.connect(cluster.url("ingest"), user="stranger", password="x")


def test_intake_works_as_ingest(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url("owner")) as conn:
        conn.execute("INSERT INTO devices (device, product) VALUES ('rv-i', 'robot_vacuum')")
    now_ms = time.time_ns() // 1_000_000
    day_ms = 86_400_000
    product = PRODUCTS["robot_vacuum"]

    def arrival(channel: str, payload: bytes) -> Arrival:
        decoded = decode(channel, payload, product, arrived_at_ms=now_ms, oldest_ts_ms=now_ms - 400 * day_ms)
        return Arrival(f"vop/v1/rv-i/up/{channel}", payload, now_ms, device.device_id, device.product, *decoded)

    with connect(cluster.url("ingest"), autocommit=True) as conn:
        assert slots.acquire(conn, 4, "test") == 0
        slots.beat(conn, 0)
        (device,) = Registry().lookup(conn, ["rv-i"]).values()
        intake = Intake(PRODUCTS)
        batch = [
            arrival("telemetry", b'{"ts":%d,"boot":1,"seq":0,"values":{"battery_pct":80}}' % (now_ms - 390 * day_ms)),
            arrival("telemetry", b'{"ts":%d,"boot":1,"seq":1,"values":{"battery_pct":79}}' % now_ms),
            arrival("telemetry", b'{"boot":1,"seq":2,"values":{"battery_pct":78}}'),
            arrival("telemetry", b'{"boot":1,"seq":3,"values":{"battery_pct":"full"}}'),
            arrival("event", b'{"ts":%d,"boot":1,"seq":4,"kind":"stuck","attrs":{}}' % now_ms),
            arrival("state", b'{"online":true,"boot":1,"conn":1}'),
            arrival("state", b'{"online":false,"boot":1,"conn":1}'),
            Arrival(
                "vop/v1/nobody/up/telemetry", b"{}", now_ms, None, None, [], [Reject(0, Reason.UNKNOWN_DEVICE, "x")]
            ),
        ]
        outcome = intake.write(conn, batch)
        assert (outcome.stored, outcome.states) == (4, 2)
        again = intake.write(conn, batch)
        assert (again.stored, again.duplicates) == (0, 4)
        changed = arrival("telemetry", b'{"ts":%d,"boot":1,"seq":1,"values":{"battery_pct":1}}' % now_ms)
        assert intake.write(conn, [changed]).by_reason == {"conflict": 1}
        slots.release(conn, 0, drained=True)
        assert [slot.held for slot in slots.listing(conn)] == [False]
    with psycopg.connect(cluster.url("owner")) as conn:
        opened = conn.execute("SELECT fault FROM faults WHERE is_open AND device_id = %s", (device.device_id,))
        assert opened.fetchall() == [("stuck",)]


def test_intake_as_ingest_has_a_month_made_that_nobody_foresaw(cluster: Cluster) -> None:
    """On plain PostgreSQL by the database, as the owner of the tables; what is no month of ours is made for nobody."""
    long_ago = datetime(2001, 5, 17, tzinfo=UTC)
    with psycopg.connect(cluster.url("owner")) as conn:
        conn.execute("INSERT INTO devices (device, product) VALUES ('rv-old', 'robot_vacuum')")
    with connect(cluster.url("ingest"), autocommit=True) as conn:
        (device,) = Registry().lookup(conn, ["rv-old"]).values()
        ts_ms = int(long_ago.timestamp() * 1000)
        late = Reading(0, ts_ms, 1, 0, 0, {"battery_pct": 80.0}, None, None)
        told = Arrival("vop/v1/rv-old/up/telemetry", b"", ts_ms, device.device_id, device.product, [late], [])
        assert Intake(PRODUCTS).write(conn, [told]).stored == 1
        for parent, month in (("devices", "2026-01-01"), ("audit", "2199-01-01"), ("audit; DROP", "2026-01-01")):
            with pytest.raises(errors.InvalidParameterValue):
                conn.execute("SELECT make_month(%s, %s)", (parent, month))
    for role in ("relay", "accounts"):
        assert refused(cluster, role, "SELECT make_month('audit', '2026-01-01')")


def test_broker_accounts_work_as_their_role(cluster: Cluster, tmp_path: Path) -> None:
    with psycopg.connect(cluster.url("owner")) as conn:
        conn.execute("INSERT INTO devices (device, product, mqtt_password) VALUES ('rv-b', 'robot_vacuum', '$7$x')")
    rendered = BrokerAccounts(cluster.url("accounts"), tmp_path / "passwords", tmp_path / "acl", lambda: None)
    rendered.apply()
    assert (tmp_path / "passwords").read_text() == "rv-b:$7$x\n"


def test_a_right_somebody_added_by_hand_is_gone_after_the_next_migration(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url("owner")) as conn:
        conn.execute("GRANT ALL ON tokens TO vop_ingest")
        conn.execute(sql.SQL("GRANT DELETE ON {} TO vop_api").format(sql.Identifier("audit")))
    assert "tokens" in rights(cluster, "ingest")
    cluster.stack.start("migrate")
    assert "tokens" not in rights(cluster, "ingest")
    assert rights(cluster, "api")["audit"] == {"SELECT", "INSERT"}
