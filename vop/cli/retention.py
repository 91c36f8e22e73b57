"""Drop what is older than it may be, and make the partitions of the coming months."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event
from typing import Any, TypeVar

import click

from vop.cli import _registry

F = TypeVar("F", bound=Callable[..., Any])

HOUR_S = 3600
RETRY_S = 60


def _days(option: str, variable: str, default: int, what: str) -> Callable[[F], F]:
    days = click.IntRange(min=1)
    return click.option(
        option,
        type=days,
        envvar=variable,
        show_envvar=True,
        default=default,
        show_default=True,
        help=f"{what} In days.",
    )


@click.command("retention")
@_days("--raw-days", "VOP_RETENTION_RAW_DAYS", 400, "Raw telemetry.")
@_days("--rollup-days", "VOP_RETENTION_ROLLUP_DAYS", 1_830, "Rollups; never shorter than raw telemetry.")
@_days("--dead-letter-days", "VOP_RETENTION_DEAD_LETTER_DAYS", 90, "Dead letters, since they were last met.")
@_days("--audit-days", "VOP_RETENTION_AUDIT_DAYS", 730, "The audit log.")
@click.option(
    "--every-hours", type=click.FloatRange(min=0.01), help="Go on, so often, until told to stop (SIGTERM, Ctrl-C)."
)
def command(raw_days: int, rollup_days: int, dead_letter_days: int, audit_days: int, every_hours: float | None) -> None:
    """Apply retention once, or every so many hours. Whole chunks or months go; what is kept is not touched.

    `vop relay` does the same as its job `retention`.
    """
    import catalog
    from store import retention
    from store.database import connect
    from store.errors import Unavailable

    keep = retention.Retention(
        raw_days=raw_days, rollup_days=rollup_days, dead_letter_days=dead_letter_days, audit_days=audit_days
    )
    products = catalog.load_from_environment(os.environ)
    stopping = Event()
    if every_hours is not None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
    while not stopping.is_set():
        try:
            with connect(_registry.database_url(), application="vop retention", autocommit=True) as conn:
                gone = retention.apply(conn, products, keep, datetime.now(UTC))
        except Unavailable as error:
            if every_hours is None:
                raise
            click.echo(f"retention: {error}; trying again in {RETRY_S} s", err=True)
            stopping.wait(RETRY_S)
            continue
        dropped = ", ".join(f"{count} of {what}" for what, count in gone.items() if count)
        click.echo(f"retention: {dropped or 'nothing was old enough to go'}")
        if every_hours is None:
            return
        stopping.wait(every_hours * HOUR_S)
