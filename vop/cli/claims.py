"""`vop claims`: what a customer's statement claims about a product, as figures."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click

import catalog
from catalog.errors import CatalogError
from catalog.model import Product
from voice.claims import Claim, extract
from voice.claims.explain import lines


@click.command("claims")
@click.argument("text", required=False)
@click.option("--product", help="Key of the product the statement is about.")
@click.option("--lang", type=click.Choice(["en", "fa"]), help="Language; found out where it is not given.")
@click.option(
    "--said-at", metavar="TIME", help="When it was said (RFC 3339): windows such as 'last month' are resolved."
)
@click.option("--zone", default="UTC", show_default=True, help="The customer's time zone.")
@click.option(
    "--calendar", type=click.Choice(["gregorian", "persian"]), default="gregorian", show_default=True,
    help="The customer's calendar.",
)  # fmt: skip
@click.option("--explain", is_flag=True, help="Say why each field was set, instead of JSON.")
@click.option(
    "--file", "path", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help='Read lines {"id","lang","product","text"} and print lines {"id","claims"}.',
)  # fmt: skip
def command(
    text: str | None,
    product: str | None,
    lang: str | None,
    said_at: str | None,
    zone: str,
    calendar: str,
    explain: bool,
    path: Path | None,
) -> None:
    """Read the claims out of TEXT, or of every line of --file."""
    if (text is None) == (path is None):
        raise click.UsageError("give either a TEXT or --file, not both")
    try:
        products = catalog.load_from_environment(os.environ)
    except CatalogError as error:
        raise click.ClickException(str(error)) from error
    if path is not None:
        for line in _read_lines(path, products):
            click.echo(line)
        return
    if product is None:
        raise click.UsageError("--product says what the statement is about; the products: " + ", ".join(products))
    said = None if said_at is None else _moment(said_at)
    named = _product(products, product)
    found = extract(text or "", named, lang, said, zone, "persian" if calendar == "persian" else "gregorian")
    click.echo(_explained(found, text or "") if explain else json.dumps(_plain(found), ensure_ascii=False, indent=2))


def _plain(claims: list[Claim]) -> list[dict[str, Any]]:
    return [claim.as_json() for claim in claims]


def _explained(claims: list[Claim], text: str) -> str:
    return "\n".join(line for claim in claims for line in lines(claim, text)) or "no claim"


def _product(products: Mapping[str, Product], key: str) -> Product:
    if key not in products:
        raise click.UsageError(f"no product {key!r}; the products: " + ", ".join(products))
    return products[key]


def _moment(written: str) -> datetime:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError as error:
        raise click.BadParameter(f"{written!r} is no time; write it like 2026-03-01T10:00:00+01:00") from error
    if moment.tzinfo is None:
        raise click.BadParameter(f"{written!r} lacks a UTC offset; write it like 2026-03-01T10:00:00+01:00")
    return moment


def _read_lines(path: Path, products: Mapping[str, Product]) -> Iterator[str]:
    with path.open(encoding="utf-8") as source:
        for number, line in enumerate(source, 1):
            if not line.strip():
                continue
            try:
                statement = json.loads(line)
                said, key, name = str(statement["text"]), str(statement["product"]), statement["id"]
            except (ValueError, KeyError, TypeError) as error:
                raise click.ClickException(
                    f'{path}, line {number}: not a statement ({error}); a line is {{"id","lang","product","text"}}'
                ) from error
            if key not in products:
                raise click.ClickException(f"{path}, line {number}: no product {key!r}")
            claims = extract(said, products[key], statement.get("lang"))
            yield json.dumps({"id": name, "claims": _plain(claims)}, ensure_ascii=False)
