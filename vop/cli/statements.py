"""Bring customers' statements in from another system."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vop.cli import _registry

if TYPE_CHECKING:
    from store.audit import Entry


@click.group("statements")
def command() -> None:
    """Bring customers' statements in from another system."""


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_(file: Path) -> None:
    """Keep the statements of FILE: .csv with a header, or .jsonl with a JSON object a line.

    Columns are customer, channel, text, said_at and, as you like, device, case, split, lang, answered_at, ref. Claims
    are read and, where the customer agrees to it, compared. Wrong lines are named on stderr and stop no other; a row
    whose ref is known is left as it is. Exit status 1 if any line was refused.
    """
    import catalog
    from voice.compare import Thresholds
    from voice.errors import BadFile
    from vop import statement_file

    products = catalog.load_from_environment(os.environ)
    thresholds = Thresholds.from_environment(os.environ)
    try:
        with _registry.opened() as conn:
            rows = statement_file.read(file)
            counts = statement_file.keep_all(conn, products, rows, thresholds, by="system:vop-statements", entry=_entry)
    except BadFile as error:
        _registry.fail(str(error))
    said = ", ".join(f"{counts[outcome]} {outcome}" for outcome in ("kept", "unchanged", "refused"))
    click.echo(f"{file}: {said}", err=True)
    if counts["refused"]:
        raise SystemExit(1)


def _entry(statement: str, customer: str) -> Entry:
    return replace(_registry.entry("statement", "import", statement), customer=customer)
