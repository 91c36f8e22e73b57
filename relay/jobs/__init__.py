"""The jobs there are: one a module."""

from __future__ import annotations

from collections.abc import Mapping

from catalog.model import Product
from relay.errors import UnknownJob
from relay.job import Job
from relay.jobs import insight, outbox, partitions, promises, retention, rollups, silence, stock, watch
from relay.settings import Settings


def all_jobs(settings: Settings, catalog: Mapping[str, Product]) -> dict[str, Job]:
    """Every job, by name."""
    made = (
        insight.job(settings, catalog),
        outbox.job(settings),
        partitions.job(settings, catalog),
        promises.job(settings),
        retention.job(settings, catalog),
        rollups.job(settings),
        silence.job(settings, catalog),
        stock.job(settings, catalog),
        watch.job(settings, catalog),
    )
    return {job.name: job for job in made}


def chosen(settings: Settings, catalog: Mapping[str, Product]) -> dict[str, Job]:
    """The jobs that `settings` leave to this relay. Raises `UnknownJob`."""
    known = all_jobs(settings, catalog)
    names = [name.strip() for name in settings.jobs.split(",") if name.strip()] or list(known)
    return {name: known[named(name, known)] for name in names}


def named(name: str, known: Mapping[str, Job]) -> str:
    """`name`, if there is such a job. Raises `UnknownJob`."""
    if name not in known:
        raise UnknownJob(f"there is no job {name!r}; there are: {', '.join(known)}")
    return name
