"""Measure this installation against its machine's limits."""

from __future__ import annotations

import dataclasses
import importlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn


@click.group("bench")
def command() -> None:
    """Measure; each figure comes with a limit or a peer measured in the same run."""


def _part(name: str) -> Any:
    try:
        return importlib.import_module(f"bench.{name}")
    except ModuleNotFoundError as error:
        if error.name != "bench":
            raise
        raise click.ClickException(
            "the benchmarks are part of the source tree, not of the installed package"
        ) from error


def _show(figures: Any, as_json: bool) -> None:
    """Print figures as JSON, or a line each; `-` for what this run does not measure."""
    fields = dataclasses.asdict(figures)
    if as_json:
        click.echo(json.dumps(fields, indent=2))
    else:
        _lines("", fields)


def _lines(within: str, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        if isinstance(value, dict):
            _lines(f"{within}{name}.", value)
        else:
            shown = "-" if value is None else round(value, 3) if isinstance(value, float) else value
            click.echo(f"{within + name:56} {shown}")


@contextmanager
def _bar() -> Iterator[Callable[[str, float], None]]:
    """Shows how far each step is, on the terminal alone."""
    columns = (TextColumn("{task.description:24}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("starting", total=1.0)
        shown = [""]

        def tell(step: str, share: float) -> None:
            if step != shown[0]:
                shown[0] = step
                progress.reset(task, description=step)
            progress.update(task, completed=share)

        yield tell


@command.command("query")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--rows",
    type=click.IntRange(min=1),
    default=1_000_000,
    show_default=True,
    help="Rounded to whole years of a device, 481,800 each.",
)
@click.option(
    "--while-ingesting",
    "rate",
    type=click.FloatRange(min=0),
    default=0.0,
    help="Messages a second that come in meanwhile.",
)
@click.option("--seconds", type=click.FloatRange(min=1), default=60.0, show_default=True, help="While ingesting.")
def query(as_json: bool, rows: int, rate: float, seconds: float) -> None:
    """Charts of 30 and 365 days, a year's usage, latest values of 10,000 devices: p50 and p99 beside limits and peers.

    In an empty database named by VOP_DATABASE_URL, or one of its own. Above 2 million rows also how a chart's time
    grows from 1 million. Exits 1 when a limit is missed.
    """
    from vop import collector

    bench = _part("query")
    collector.spare()  # as the API does, whose questions these are
    with _bar() as progress:
        figures = _run(lambda: bench.run(rows, rate=rate, seconds=seconds, progress=progress))
    _show(figures, as_json)
    if figures.missed:
        raise click.ClickException(f"limits missed: {', '.join(figures.missed)}")


@command.command("storage")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--devices", type=click.IntRange(min=4), default=60, show_default=True)
@click.option("--days", type=click.IntRange(min=7, max=399), default=90, show_default=True)
def storage(as_json: bool, devices: int, days: int) -> None:
    """Bytes a point of the simulated fleet: as written, in the columnstore, by TimescaleDB's defaults, at its entropy.

    In an empty database named by VOP_DATABASE_URL, or one of its own. Exits 1 when the columnstore takes more than
    3.5 bytes a point; on plain PostgreSQL there is none, and no limit.
    """
    bench = _part("storage")
    with _bar() as progress:
        figures = _run(lambda: bench.run(devices, days, progress))
    _show(figures, as_json)
    if not figures.within:
        raise click.ClickException(
            f"{figures.columnstore_bytes_per_point} bytes a point in the columnstore, "
            f"more than {figures.target_bytes_per_point}"
        )


def _run(work: Callable[[], Any]) -> Any:
    from bench.place import NotEmpty

    try:
        return work()
    except NotEmpty as error:
        raise click.ClickException(str(error)) from error


@command.command("ingest")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--messages", type=click.IntRange(min=2_000), default=200_000, show_default=True)
@click.option("--workers", type=click.IntRange(1, 16), default=1, show_default=True, help="Ingest processes.")
@click.option("--devices", type=click.IntRange(1, 1000), default=20, show_default=True, help="Publishing devices.")
@click.option(
    "--rate", type=click.FloatRange(min=0), default=0.0, help="Steady messages a second; 0: 0.8 of full speed."
)
@click.option("--seconds", type=click.FloatRange(min=1), default=30.0, show_default=True, help="At the steady rate.")
def ingest(as_json: bool, messages: int, workers: int, devices: int, rate: float, seconds: float) -> None:
    """Messages a second, published to stored and acknowledged, beside the limits of broker and database.

    At full speed, then at a steady rate, then the latency at half and at a tenth of it. Exits 1 when a message is lost
    or twice there, when the steady rate was not kept up with, or when the publisher was the limit.
    """
    bench = _part("ingest")
    console = Console(stderr=True)
    with console.status("starting") as status:
        figures = bench.run(
            messages,
            workers=workers,
            devices=devices,
            rate=rate,
            steady_s=seconds,
            progress=status.update,
        )
    _show(figures, as_json)
    if not figures.valid:
        raise click.ClickException("this run may not be quoted: see lost, duplicated, kept_up and publisher_limited")
