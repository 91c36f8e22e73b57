"""What a page costs the service itself: its time less that in which it waits for the database."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from api.app import create_app
from api.service import server
from api.settings import Settings
from bench import stage
from bench.console_page import path
from catalog import Catalog
from store.answering import Answering
from store.database import Database


class _Waiting:
    """Seconds spent inside psycopg since it was last asked; in any thread."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def taken(self) -> float:
        """What was counted; begins anew."""
        seconds, self.seconds = self.seconds, 0.0
        return seconds


@contextmanager
def _waiting() -> Iterator[_Waiting]:
    """Count meanwhile: all that psycopg sends and receives goes through a connection's `wait`."""
    found, whole = _Waiting(), Answering.wait

    def counted(conn: Answering, *args: Any, **kwargs: Any) -> Any:
        began = time.perf_counter()
        try:
            return whole(conn, *args, **kwargs)
        finally:
            found.seconds += time.perf_counter() - began

    Answering.wait = counted  # type: ignore[method-assign, assignment]
    try:
        yield found
    finally:
        Answering.wait = whole  # type: ignore[method-assign]


def split(url: str, catalog: Catalog, cookie: str, rounds: int) -> tuple[list[float], list[float]]:
    """Milliseconds of each of `rounds` requests for the device's page: all but the database, and the database."""
    settings = Settings(database_url=url, port=0)
    ours, theirs = [], []
    with Database(url, max_size=settings.pool_size) as database, _waiting() as waiting:
        app = create_app(settings, catalog, database)
        running = server(app, settings)
        thread = threading.Thread(target=running.run, daemon=True)
        thread.start()
        try:
            stage.until(lambda: running.started, "the service")
            port = running.servers[0].sockets[0].getsockname()[1]
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers={"Cookie": cookie}) as client:
                for _ in range(rounds + 5):
                    waiting.taken()
                    began = time.perf_counter()
                    client.get(path()).raise_for_status()
                    whole = time.perf_counter() - began
                    waited = waiting.taken()
                    ours.append(1000 * (whole - waited))
                    theirs.append(1000 * waited)
        finally:
            running.stop()
            thread.join(30)
    return ours[5:], theirs[5:]
