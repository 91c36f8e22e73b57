"""Bring the database to this program's schema and catalogue."""

from __future__ import annotations

import os

import click

from vop.cli import _registry


@click.command("migrate")
@click.option("--check", is_flag=True, help="Change nothing; exit 1 unless the database is up to date.")
def command(check: bool) -> None:
    """Apply missing migrations, product tables and views. Safe at any time; killed, the next run finishes it."""
    import catalog
    from store.database import connect
    from store.migrate import migrate, require_current
    from store.product_tables import TableOptions

    url = _registry.database_url()
    if check:
        with connect(url) as conn:
            require_current(conn)
        click.echo("the schema is up to date")
        return
    products = catalog.load_from_environment(os.environ)
    options = TableOptions.from_environment(os.environ)
    applied = migrate(url, products, options=options, progress=lambda step: click.echo(step, err=True))
    new = ", ".join(f"{version:04d}" for version in applied.migrations) or "none were missing"
    click.echo(f"schema {applied.version:04d} (migrations applied: {new}); {len(applied.products)} products")
