"""Make the partitions of the coming months: of the audit log everywhere, of telemetry on plain PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping

from catalog.model import Product
from relay.job import Done, Job, Turn
from relay.settings import Settings
from store import partitions


def job(settings: Settings, catalog: Mapping[str, Product]) -> Job:
    """A job of its own beside retention: what keeps old months must not keep new ones from being made."""

    def run(turn: Turn) -> Done:
        made = partitions.ensure_ahead(turn.conn, catalog, turn.now)
        return Done({"made": len(made)})

    return Job("partitions", settings.partitions_every_s, "makes the partitions of the coming months", run)
