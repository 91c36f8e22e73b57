"""Measure this installation against its machine's limits."""

from __future__ import annotations

import dataclasses
import json

import click


@click.group("bench")
def command() -> None:
    """Measure; each figure comes with a limit or a peer measured in the same run."""


@command.command("ingest")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--messages", type=click.IntRange(min=2_000), default=200_000, show_default=True)
@click.option("--workers", type=click.IntRange(1, 16), default=1, show_default=True, help="Ingest processes.")
def ingest(as_json: bool, messages: int, workers: int) -> None:
    """Messages a second, published to stored and acknowledged, beside the limits of broker and database.

    Exits 1 when a message is lost or twice there, or when the publisher was the limit.
    """
    try:
        from bench import ingest as bench
    except ModuleNotFoundError as error:
        raise click.ClickException(
            "the benchmarks are part of the source tree, not of the installed package"
        ) from error
    figures = bench.run(messages, workers=workers)
    fields = dataclasses.asdict(figures)
    if as_json:
        click.echo(json.dumps(fields, indent=2))
    else:
        for name, value in fields.items():
            click.echo(f"{name:32} {value}")
    if not figures.valid:
        raise click.ClickException("this run may not be quoted: see lost, duplicated and publisher_limited")
