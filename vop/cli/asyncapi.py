"""`vop asyncapi`: the wire contract as a document for other people's tools."""

from __future__ import annotations

import os

import click


@click.command(name="asyncapi")
def command() -> None:
    """Print the AsyncAPI 3 document of all products, as JSON.

    It includes a company's own products (VOP_CATALOG_DIR).
    """
    import orjson

    import catalog
    from wire.asyncapi import document

    made = document(catalog.load_from_environment(os.environ))
    click.echo(orjson.dumps(made, option=orjson.OPT_INDENT_2).decode())
