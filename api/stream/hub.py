"""One listener on the database for all live streams: a notice wakes them, and each looks for itself."""

from __future__ import annotations

import asyncio
import logging
import threading

from api.errors import Overloaded
from store.errors import StoreError
from store.notify import INGESTED, listen

log = logging.getLogger(__name__)

RECONNECT_S = 1.0
CLOSE_WITHIN_S = 2.0
USERS_AT_LEAST = 4
"""So many users at least find a place: none may hold more than this part of them."""


class Ticket:
    """A stream's place: it is woken when something was stored, and told when the service ends."""

    def __init__(self, loop: asyncio.AbstractEventLoop, user: str) -> None:
        self.user = user
        self._loop = loop
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """From any thread. A loop that is closed has nobody left to wake."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._woken.set)

    async def woken(self, timeout_s: float) -> bool:
        """Wait to be woken; whether it happened within `timeout_s`."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._woken.wait()
        except TimeoutError:
            return False
        self._woken.clear()
        return True


class Hub:
    """Wakes the streams of one process. Its listener starts with the first stream and ends with `close`."""

    def __init__(self, url: str, most: int) -> None:
        self._url = url
        self._most = most
        self._tickets: set[Ticket] = set()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def closing(self) -> bool:
        """Whether streams are to end."""
        return self._stop.is_set()

    def take(self, user: str) -> Ticket:
        """A place for one stream of `user` in the running loop. Raises `Overloaded` when all, or all of one user's,
        are taken.
        """
        ticket = Ticket(asyncio.get_running_loop(), user)
        own = max(1, self._most // USERS_AT_LEAST)
        with self._lock:
            if sum(other.user == user for other in self._tickets) >= own:
                raise Overloaded(
                    f"{user} has all {own} live streams one user may have; end one", headers={"Retry-After": "10"}
                )
            if len(self._tickets) >= self._most or self.closing:
                raise Overloaded(
                    f"all {self._most} live streams are taken; try again later", headers={"Retry-After": "10"}
                )
            self._tickets.add(ticket)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="api listener", daemon=True)
                self._thread.start()
        return ticket

    def give_back(self, ticket: Ticket) -> None:
        """Free a place."""
        with self._lock:
            self._tickets.discard(ticket)

    def end_streams(self) -> None:
        """Have every stream end soon. Does not wait."""
        self._stop.set()
        self._wake_all()

    def close(self) -> None:
        """End every stream, and the listener; one that tries to reach a database that is away ends with the process."""
        self.end_streams()
        if self._thread is not None:
            self._thread.join(CLOSE_WITHIN_S)

    def _wake_all(self) -> None:
        with self._lock:
            for ticket in self._tickets:
                ticket.wake()

    def _run(self) -> None:
        while not self.closing:
            try:
                for notice in listen(self._url, [INGESTED], self._stop):
                    if notice is not None:
                        self._wake_all()
            except StoreError as error:
                log.warning("live streams hear nothing: %s; trying again in %s s", error, RECONNECT_S)
                self._stop.wait(RECONNECT_S)
            self._wake_all()
