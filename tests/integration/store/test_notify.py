from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread

import psycopg
import pytest

from store import notify
from store.errors import Unavailable
from tests.integration.store.world import World, reading
from tests.waiting import poll


class Listener(Thread):
    """What a listener is told, on a thread of its own."""

    def __init__(self, url: str, *channels: str) -> None:
        super().__init__(daemon=True)
        self.heard: list[str | None] = []
        self.error: Exception | None = None
        self.stop = Event()
        self._url, self._channels = url, channels
        self.start()
        poll(lambda: self.heard, what="the first look, after LISTEN")

    def run(self) -> None:
        try:
            for channel in notify.listen(self._url, self._channels, self.stop):
                self.heard.append(channel)
        except Unavailable as error:
            self.error = error

    def times(self, channel: str) -> Callable[[], int]:
        return lambda: self.heard.count(channel)

    def end(self) -> None:
        self.stop.set()
        self.join(30)
        assert not self.is_alive()


def test_a_batch_wakes_who_listens_once_it_is_committed(world: World, database: str) -> None:
    device = world.device()
    listener = Listener(database, notify.INGESTED)
    for seq in range(3):
        listener.heard.clear()
        world.say(device, reading(seq))
        poll(listener.times(notify.INGESTED), what="a notice")
    listener.end()


def test_who_listens_to_several_hears_each(database: str) -> None:
    listener = Listener(database, notify.INGESTED, notify.ACCOUNTS)
    with psycopg.connect(database) as conn:  # one transaction: both come at once
        conn.execute("NOTIFY accounts")
        conn.execute("NOTIFY ingested")
        conn.execute("NOTIFY unheard")
    poll(listener.times(notify.INGESTED), what="ingested")
    poll(listener.times(notify.ACCOUNTS), what="accounts")
    listener.end()
    assert "unheard" not in listener.heard


def test_what_is_rolled_back_wakes_nobody(world: World, database: str) -> None:
    listener = Listener(database, notify.INGESTED, notify.ACCOUNTS)
    with psycopg.connect(database) as conn:
        conn.execute("NOTIFY ingested")
        conn.rollback()
        conn.execute("NOTIFY accounts")
    poll(listener.times(notify.ACCOUNTS), what="accounts")
    listener.end()
    assert notify.INGESTED not in listener.heard


def test_it_ends_when_told_to(database: str) -> None:
    listener = Listener(database, notify.INGESTED)
    listener.end()
    assert set(listener.heard) == {None}
    assert listener.error is None


def test_a_broken_connection_is_told(database: str) -> None:
    listener = Listener(database, notify.INGESTED)
    with psycopg.connect(database, autocommit=True) as conn:
        conn.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'vop listen'")
    listener.join(30)
    assert isinstance(listener.error, Unavailable)


def test_nobody_there_is_told_too() -> None:
    with pytest.raises(Unavailable):
        next(notify.listen("postgresql://nobody@127.0.0.1:1/none", [notify.INGESTED], Event()))
