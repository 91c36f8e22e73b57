"""How the platform is: what `vop doctor` says, as far as this service's rights see, and who works at what."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.metadata import version

from api.auditing import Visiting
from api.routing import feature
from api.system.schemas import Check, Ingest, Job, Slot, System, Versions
from store import diagnosis, jobs, migrate, slots
from store.database import Connection
from store.health import arrivals, versions
from store.hearing import hearing

router = feature("system")

DEVICES_LOOKED_AT = 1_000


@router.get("/system")
def system(visit: Visiting) -> System:
    """Checks, ingest, jobs and versions. Broker and disks are out of sight here: `vop doctor` looks at them too."""
    found = list(diagnosis.examine(visit.conn, visit.catalog))
    return System(
        level=diagnosis.worst(one for one in found if one.level != "unknown"),
        checks=[Check.model_validate(one) for one in found],
        ingest=_ingest(visit.conn),
        jobs=[Job.model_validate(job) for job in jobs.listing(visit.conn)],
        versions=_versions(visit.conn),
    )


def _ingest(conn: Connection) -> Ingest:
    rows = slots.listing(conn)
    since, why_not = hearing(rows, datetime.now(UTC))
    newest = arrivals.newest(conn, DEVICES_LOOKED_AT)
    return Ingest(
        receiving=since is not None,
        why_not=why_not,
        last_arrival_at=newest.last_at,
        median_lag_s=newest.median_lag_s,
        worst_lag_s=newest.worst_lag_s,
        devices=newest.devices,
        slots=[Slot.model_validate(row) for row in rows],
    )


def _versions(conn: Connection) -> Versions:
    found = versions.versions(conn)
    return Versions(
        program=version("vop"),
        schema_=found.schema,
        schema_of_program=migrate.files()[-1].version,
        postgresql=found.postgresql,
        timescaledb=found.timescaledb,
    )
