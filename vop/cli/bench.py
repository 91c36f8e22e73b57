"""Measure this installation against its machine's limits."""

from __future__ import annotations

import dataclasses
import json

import click
from rich.console import Console


@click.group("bench")
def command() -> None:
    """Measure; each figure comes with a limit or a peer measured in the same run."""


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
    try:
        from bench import ingest as bench
    except ModuleNotFoundError as error:
        raise click.ClickException(
            "the benchmarks are part of the source tree, not of the installed package"
        ) from error
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
    fields = dataclasses.asdict(figures)
    if as_json:
        click.echo(json.dumps(fields, indent=2))
    else:
        for name, value in fields.items():
            click.echo(f"{name:32} {value}")
    if not figures.valid:
        raise click.ClickException("this run may not be quoted: see lost, duplicated, kept_up and publisher_limited")
