"""Run the clock: jobs that are due again and again, each by one relay at a time."""

from __future__ import annotations

import os
import signal
from threading import Event

import click

from vop.cli import _registry


@click.group("relay", invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> None:
    """Run one relay until it is told to stop (SIGTERM, Ctrl-C); or look at the jobs."""
    if context.invoked_subcommand is not None:
        return
    import catalog
    from relay import service
    from relay.settings import Settings
    from vop import collector

    stopping = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    settings, products = Settings.from_environment(os.environ), catalog.load_from_environment(os.environ)
    collector.spare()
    service.run(settings, products, stopping)


@command.command("run")
@click.argument("job")
def run(job: str) -> None:
    """Run one job now, due or not, and say what became of it."""
    import orjson

    import catalog
    from relay import service
    from relay.settings import Settings

    row = service.run_once(Settings.from_environment(os.environ), catalog.load_from_environment(os.environ), job)
    click.echo(f"{job}: {orjson.dumps(row.last_result).decode()}")


@command.command("jobs")
@click.option("--json", "as_json", is_flag=True, help="One JSON document a line, with the last result.")
def show_jobs(*, as_json: bool) -> None:
    """List the jobs: how often, when next, how the last run went."""
    import orjson

    from store import jobs

    with _registry.opened() as conn:
        if as_json:
            for one in jobs.listing(conn):
                click.echo(orjson.dumps(one).decode())
            return
        _registry.row("job", "every", "next", "state", "runs", "failures", "last run", "by")
        for one in jobs.listing(conn):
            state = "running" if one.running else "waiting"
            if one.failing and not one.running:
                state = f"failing since {one.failing} runs: {one.last_error}"
            took = None if one.last_s is None else f"{_registry.day(one.finished_at)}, {one.last_s:.1f} s"
            _registry.row(
                one.job,
                f"{one.every_s:g} s",
                _registry.day(one.next_at),
                state,
                one.runs,
                one.failures,
                took,
                one.worker,
            )
