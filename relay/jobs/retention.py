"""Drop what is older than it may be."""

from __future__ import annotations

from collections.abc import Mapping

from catalog.model import Product
from relay.job import Done, Job, Turn
from relay.settings import Settings
from store import retention


def job(settings: Settings, catalog: Mapping[str, Product]) -> Job:
    """As `vop retention` does by hand."""
    keep = retention.Retention(
        raw_days=settings.raw_days,
        rollup_days=settings.rollup_days,
        dead_letter_days=settings.dead_letter_days,
        audit_days=settings.audit_days,
    )

    def run(turn: Turn) -> Done:
        gone = retention.apply(turn.conn, catalog, keep, turn.now)
        return Done({"gone": {what: count for what, count in gone.items() if count}})

    return Job("retention", settings.retention_every_s, "drops what is older than it may be", run)
