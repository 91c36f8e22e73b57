"""Receive what devices say over MQTT, keep it, and acknowledge it."""

from __future__ import annotations

import os
import signal
from threading import Event

import click

from vop.cli import _registry


@click.group("ingest", invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> None:
    """Run one ingest worker until it is told to stop (SIGTERM, Ctrl-C); or look after the slots."""
    if context.invoked_subcommand is not None:
        return
    import catalog
    from ingest import service
    from ingest.settings import Settings
    from vop import collector

    stopping = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    settings, products = Settings.from_environment(os.environ), catalog.load_from_environment(os.environ)
    collector.spare()
    service.run(settings, products, stopping)


@command.command("drain")
@click.option("--slot", type=click.IntRange(min=0), required=True, help="The slot to empty and give up.")
def drain(slot: int) -> None:
    """Store what still waits in a slot's session and end the session: the way to run fewer workers."""
    import catalog
    from ingest import service
    from ingest.settings import Settings

    products = catalog.load_from_environment(os.environ)
    count = service.drain(Settings.from_environment(os.environ), products, slot)
    click.echo(f"slot {slot} is drained: {count} messages were stored or dead-lettered, the session is gone")


@command.command("slots")
def show_slots() -> None:
    """List the slots ever used and who holds them."""
    from store import slots
    from store.database import connect

    with connect(_registry.database_url(), autocommit=True, answer_within_s=_registry.ANSWER_WITHIN_S) as conn:
        for row in slots.listing(conn):
            state = f"held by {row.worker} since {row.held_since:%Y-%m-%d %H:%M:%S}" if row.held else "free"
            if row.drained_at:
                state = f"drained at {row.drained_at:%Y-%m-%d %H:%M:%S}"
            click.echo(f"{row.slot}\t{state}")
