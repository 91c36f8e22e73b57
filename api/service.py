"""The HTTP service as a process: uvicorn around the app, ended without leaving a client hanging."""

from __future__ import annotations

import signal
from types import FrameType

import uvicorn
from fastapi import FastAPI

from api.app import create_app
from api.services import Services
from api.settings import Settings
from catalog import Catalog
from store.database import Database
from store.migrate import require_current
from voice.adherence.thresholds import Thresholds as AdherenceThresholds
from voice.compare import Thresholds
from voice.insight.thresholds import Thresholds as InsightThresholds

GRACE_S = 5
"""How long running requests have to end after a signal: service managers kill after ten seconds by default."""
ANSWERS_WITHIN_S = GRACE_S - 1.0
"""After a signal the database is waited for no longer: a request that hangs is told so before its connection ends."""


class Server(uvicorn.Server):
    """Ends live streams when it is told to stop; without that it would wait for their clients to go."""

    def __init__(self, config: uvicorn.Config, services: Services) -> None:
        super().__init__(config)
        self._services = services

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """As uvicorn's, and end the streams, and the patience with the database."""
        self._services.hub.end_streams()
        self._services.database.end_within(ANSWERS_WITHIN_S)
        super().handle_exit(sig, frame)

    def stop(self) -> None:
        """Stop soon; from any thread."""
        self.handle_exit(signal.SIGTERM, None)


def server(app: FastAPI, settings: Settings) -> Server:
    """A server for `app`, not yet running."""
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        access_log=False,  # paths name devices and customers; the audit log is where accesses are kept
        log_config=None,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=GRACE_S,
    )
    return Server(config, app.state.services)


def run(
    settings: Settings,
    catalog: Catalog,
    thresholds: Thresholds | None = None,
    insight: InsightThresholds | None = None,
    adherence: AdherenceThresholds | None = None,
) -> None:
    """Serve until SIGTERM or Ctrl-C.

    While the database is away, or its schema and this program do not fit together, requests are answered with 503; the
    log says why, once.
    """
    with Database(
        settings.database_url,
        max_size=settings.pool_size,
        application="vop api",
        statement_timeout_ms=settings.query_timeout_ms,
        fits=require_current,
    ) as database:
        database.open()
        server(create_app(settings, catalog, database, thresholds, insight, adherence), settings).run()
