"""One live stream: what to send, when to look, and whether its principal may still see it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import orjson
from fastapi import Request
from fastapi.concurrency import run_in_threadpool

from api import access, principals
from api.access import View
from api.auditing import Visit
from api.devices.presenting import latest_values
from api.errors import Refused
from api.permissions import API, RULES
from api.services import Services
from api.stream.hub import Ticket
from store import devices, readings
from store.errors import NotFound, StoreError

log = logging.getLogger(__name__)

MIN_INTERVAL_S = 0.25
"""A stream looks at most this often, however fast batches commit: what it misses it finds at the next look."""


@dataclass(slots=True)
class Feed:
    """Live values of some devices, for one principal."""

    services: Services
    request: Request
    user: str
    watched: Sequence[str]
    _views: list[View] = field(default_factory=list)
    _sent: dict[int, datetime] = field(default_factory=dict)
    _checked: float = 0.0

    async def events(self, ticket: Ticket) -> AsyncIterator[bytes]:
        """The bytes of the stream until the client goes, the token ends or the service does."""
        keepalive_s = self.services.settings.keepalive_s
        self.services.metrics.streams.inc()
        try:
            yield _event("watching", {"devices": list(self.watched)})
            while not self.services.hub.closing:
                found = await self._look()
                if found is None:
                    return
                for item in found:
                    yield _event("latest", item)
                await asyncio.sleep(MIN_INTERVAL_S)
                if not await ticket.woken(keepalive_s):
                    yield b": still here\n\n"
        finally:
            self.services.metrics.streams.dec()

    async def _look(self) -> list[dict[str, object]] | None:
        """What changed since the last look; None when the stream is over. A database that is away changes nothing."""
        try:
            async with self.services.at_work:
                return await run_in_threadpool(self._changed)
        except (Refused, NotFound):
            return None
        except StoreError as error:
            log.warning("a live stream could not look: %s", error)
            return []

    def _changed(self) -> list[dict[str, object]]:
        with self.services.database.connection() as conn:
            if time.monotonic() - self._checked >= self.services.settings.keepalive_s or not self._views:
                principal = principals.user_of(self.request, conn, self.services, in_use=False)
                visit = Visit(self.services, conn, principal, RULES["GET", f"{API}/stream"])
                self._views = [access.view_of(visit, devices.get(conn, name)) for name in self.watched]
                self._checked = time.monotonic()
            latest = readings.latest(conn, [view.device.device_id for view in self._views])
        changed: list[dict[str, object]] = []
        for view in self._views:
            newest = latest.get(view.device.device_id)
            if newest is None or self._sent.get(newest.device_id) == newest.updated_at:
                continue
            self._sent[newest.device_id] = newest.updated_at
            values = {key: value.model_dump(mode="json") for key, value in latest_values(view, newest).items()}
            changed.append({"device": view.device.device, "arrived_at": newest.updated_at, "latest": values})
        return changed


def _event(name: str, data: object) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (name.encode(), orjson.dumps(data))
