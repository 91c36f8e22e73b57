"""`vop catalog`: what we make, and whether a company's own product files are in order."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

import catalog
from catalog.errors import CatalogError


@click.group("catalog")
def command() -> None:
    """Look at the product catalogue and check product files."""


@command.command("check")
@click.argument(
    "paths",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, path_type=Path),
    metavar="FILE...",
)
def check(paths: tuple[Path, ...]) -> None:
    """Say what is wrong with product files (or all of a directory) and what is allowed.

    Files are judged beside the products that ship with the platform, whose keys are taken.
    """
    try:
        problems = catalog.check(*paths)
    except CatalogError as error:
        raise click.ClickException(str(error)) from error
    for problem in problems:
        click.echo(str(problem), err=True)
    if problems:
        count = len(problems)
        raise click.ClickException(f"{count} problem{'s' if count > 1 else ''} found")
    for path in paths:
        click.echo(f"{path}: ok")


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def list_products(as_json: bool) -> None:
    """List the products: those that ship and those of VOP_CATALOG_DIR."""
    products = _loaded()
    rows = [
        {
            "product": product.key,
            "version": product.version,
            "label": product.label.en,
            "signals": len(product.signal),
            "events": len(product.event),
            "file": str(products.file_of(product.key)),
        }
        for product in products.values()
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    table = [list(rows[0]), *([str(value) for value in row.values()] for row in rows)]
    widths = [max(len(cell) for cell in column) for column in zip(*table, strict=True)]
    for line in table:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


def _loaded() -> catalog.Catalog:
    try:
        return catalog.load_from_environment(os.environ)
    except CatalogError as error:
        raise click.ClickException(str(error)) from error
