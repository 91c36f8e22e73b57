"""The clock's jobs over connections of the roles they have in docker-compose.yml."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

import catalog
from relay import service
from relay.settings import Settings
from store import cases, consents, customers, devices, ownerships, promises
from store.database import connect
from store.intake import Arrival, Intake
from tests.integration.deploy.conftest import Cluster
from tests.unit.deploy.compose_file import document
from voice.casework import closing
from voice.consent import COMPARE_USAGE
from wire.decode import decode

PRODUCTS = catalog.load()


def jobs_of(name: str) -> list[str]:
    """What the file leaves to this relay."""
    return str(document()["services"][name]["environment"]["VOP_RELAY_JOBS"]).split(",")


def test_each_job_has_one_relay() -> None:
    from relay.jobs import all_jobs

    assert sorted(jobs_of("relay") + jobs_of("retention")) == sorted(all_jobs(Settings(), PRODUCTS))


def store_hours_of(cluster: Cluster, name: str) -> None:
    """A device that spoke for some hours, two days ago."""
    with connect(cluster.url("owner")) as conn:
        device, _ = devices.register(conn, name, "robot_vacuum")
        conn.commit()
    product = PRODUCTS["robot_vacuum"]
    began = datetime.now(UTC) - timedelta(days=2)
    with connect(cluster.url("ingest"), autocommit=True) as conn:
        arrivals = []
        for seq in range(200):
            ms = int((began + timedelta(minutes=seq)).timestamp() * 1000)
            payload = b'{"ts":%d,"boot":1,"seq":%d,"values":{"battery_pct":%d}}' % (ms, seq, seq % 100)
            decoded = decode("telemetry", payload, product, arrived_at_ms=ms, oldest_ts_ms=0)
            topic = f"vop/v1/{name}/up/telemetry"
            arrivals.append(
                Arrival(topic, payload, ms, device.device_id, product.key, decoded.elements, decoded.rejects)
            )
        Intake(PRODUCTS).write(conn, arrivals)


def close_a_case_of(cluster: Cluster, name: str) -> None:
    """The device's fault comes back after its case was closed, and a promise is due."""
    now = datetime.now(UTC)
    past = now - timedelta(days=5)
    with connect(cluster.url("owner")) as conn:
        device, _ = devices.register(conn, name, "robot_vacuum")
        owner = customers.create(conn, name, "Somebody", zone="UTC")
        consents.give(conn, owner.customer_id, COMPARE_USAGE, at=past)
        ownerships.set_history(conn, device.device_id, [ownerships.Span(name, past)])
        case = cases.begin(conn, owner.customer_id, device.device_id, opened_at=past, by="user:sam", now=past)
        promises.make(conn, case, "call", past + timedelta(hours=1), by="user:sam", now=past, private=False)
        fixed = closing.Resolution("a hair", "visit", faults=["stuck"])
        closing.close(conn, case, PRODUCTS["robot_vacuum"], fixed, by="user:sam", now=past + timedelta(days=1))
        during = {"device": device.device_id, "since": past, "until": now - timedelta(days=1)}
        conn.execute("INSERT INTO heard (device_id, since, until) VALUES (%(device)s, %(since)s, %(until)s)", during)
        conn.execute(
            """INSERT INTO events (device_id, ts, boot, seq, lag_ms, quality, kind, attrs)
               VALUES (%(device)s, %(until)s, 1, 1, 0, 0, 'stuck', '{}')""",
            during,
        )


def test_the_relay_does_its_jobs_as_its_role(cluster: Cluster) -> None:
    store_hours_of(cluster, "rv-rolled")
    close_a_case_of(cluster, "rv-cased")
    settings = Settings(database_url=cluster.url("relay"))
    for job in jobs_of("relay"):
        service.run_once(settings, PRODUCTS, job)
    with psycopg.connect(cluster.url("owner")) as conn:
        row = conn.execute(
            "SELECT sum(n) FROM rollups JOIN devices USING (device_id) WHERE device = 'rv-rolled'"
        ).fetchone()
        assert row is not None
        assert row[0] >= 120  # the last hours may still be open
        found = conn.execute(
            "SELECT state, after, broken_at FROM cases JOIN closings USING (case_id) JOIN promises USING (case_id)"
        )
        state, after, broken_at = found.fetchone() or (None, None, None)
        assert (state, after and after["faults"]["stuck"], broken_at is not None) == ("reopened", 1, True)


def test_what_needs_the_owner_is_done_as_the_owner(cluster: Cluster) -> None:
    settings = Settings(database_url=cluster.url("owner"))
    ran = [service.run_once(settings, PRODUCTS, job) for job in jobs_of("retention")]
    assert ran
    assert all(row.succeeded_at and row.failing == 0 for row in ran)


@pytest.mark.parametrize("verb", ["UPDATE devices SET status = 'active'", "DELETE FROM silences", "DELETE FROM jobs"])
def test_the_relay_changes_nothing_that_is_not_its_own(cluster: Cluster, verb: str) -> None:
    with psycopg.connect(cluster.url("relay")) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute(verb.encode())
