"""Serve the HTTP interface."""

from __future__ import annotations

import os
import socket

import click

from vop.errors import DidNotStart


@click.command("api")
def command() -> None:
    """Answer HTTP on VOP_API_HOST (127.0.0.1) and VOP_API_PORT (8000) until told to stop (SIGTERM, Ctrl-C)."""
    import catalog
    from api import service
    from api.settings import Settings
    from voice.adherence.thresholds import Thresholds as AdherenceThresholds
    from voice.compare import Thresholds
    from voice.insight.thresholds import Thresholds as InsightThresholds
    from vop import collector

    settings = Settings.from_environment(os.environ)
    products = catalog.load_from_environment(os.environ)
    _require_free(settings.host, settings.port)
    collector.spare()
    comparing = Thresholds.from_environment(os.environ)
    insight = InsightThresholds.from_environment(os.environ)
    service.run(settings, products, comparing, insight, AdherenceThresholds.from_environment(os.environ))


def _require_free(host: str, port: int) -> None:
    """Raise `DidNotStart` when nobody could listen there; uvicorn would only log it, and end with status 3."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise DidNotStart(
            f"the API cannot listen on port {port} of {host} ({error.strerror}): "
            "set VOP_API_PORT or VOP_API_HOST to another, or end the program that listens there"
        ) from error
