"""Live values over server-sent events, for pages that watch devices."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query, Request
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from api import access
from api.auditing import Visiting
from api.parameters import Id
from api.routing import feature
from api.services import Serving
from api.stream.feed import Feed
from api.stream.hub import Ticket
from store import devices

MAX_WATCHED = 100

router = feature("stream")


class EventStream(StreamingResponse):
    """A feed as `text/event-stream`, which proxies are asked not to hold back. Gives its place back when it ends,
    even if the client went before the first byte.
    """

    media_type = "text/event-stream"

    def __init__(self, feed: Feed, ticket: Ticket) -> None:
        super().__init__(feed.events(ticket), headers={"X-Accel-Buffering": "no"})
        self._hub, self._ticket = feed.services.hub, ticket

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the stream."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._hub.give_back(self._ticket)


def _feed(
    request: Request,
    visit: Visiting,
    device: Annotated[
        list[Id] | None, Query(max_length=MAX_WATCHED, description="Watch this device; may be repeated.")
    ] = None,
) -> Feed:
    """What is to be watched: the devices named, or the first hundred."""
    if device:
        watched = list(dict.fromkeys(device))
    else:
        rows = devices.search(visit.conn, visit.catalog, status="active", limit=MAX_WATCHED)
        watched = [row.device.device for row in rows]
    for name in watched:
        access.view(visit, name)
    if not watched:
        visit.concerns("*")
    return Feed(visit.services, request, visit.principal.user, watched)


@router.get(
    "/stream",
    status_code=200,
    response_class=EventStream,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
async def stream(services: Serving, feed: Annotated[Feed, Depends(_feed)]) -> EventStream:
    """Server-sent events: `watching` first, then `latest` for each device whose values changed.

    Comments keep the connection alive. The stream ends when the token does.
    """
    return EventStream(feed, services.hub.take(feed.user))
