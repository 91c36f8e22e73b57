"""The clock's jobs over connections of the roles they have in docker-compose.yml."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

import catalog
from relay import service
from relay.settings import Settings
from store import devices
from store.database import connect
from store.intake import Arrival, Intake
from tests.integration.deploy.conftest import Cluster
from tests.unit.deploy.compose_file import document
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


def test_the_relay_does_its_jobs_as_its_role(cluster: Cluster) -> None:
    store_hours_of(cluster, "rv-rolled")
    settings = Settings(database_url=cluster.url("relay"))
    for job in jobs_of("relay"):
        service.run_once(settings, PRODUCTS, job)
    with psycopg.connect(cluster.url("owner")) as conn:
        row = conn.execute(
            "SELECT sum(n) FROM rollups JOIN devices USING (device_id) WHERE device = 'rv-rolled'"
        ).fetchone()
        assert row is not None
        assert row[0] >= 120  # the last hours may still be open


def test_what_needs_the_owner_is_done_as_the_owner(cluster: Cluster) -> None:
    settings = Settings(database_url=cluster.url("owner"))
    ran = [service.run_once(settings, PRODUCTS, job) for job in jobs_of("retention")]
    assert ran
    assert all(row.succeeded_at and row.failing == 0 for row in ran)


@pytest.mark.parametrize("verb", ["UPDATE devices SET status = 'active'", "DELETE FROM silences", "DELETE FROM jobs"])
def test_the_relay_changes_nothing_that_is_not_its_own(cluster: Cluster, verb: str) -> None:
    with psycopg.connect(cluster.url("relay")) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute(verb.encode())
