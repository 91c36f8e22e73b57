"""Serve the HTTP interface."""

from __future__ import annotations

import os

import click


@click.command("api")
def command() -> None:
    """Answer HTTP on VOP_API_HOST (127.0.0.1) and VOP_API_PORT (8000) until told to stop (SIGTERM, Ctrl-C)."""
    import catalog
    from api import service
    from api.settings import Settings

    service.run(Settings.from_environment(os.environ), catalog.load_from_environment(os.environ))
