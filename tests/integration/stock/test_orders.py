"""Items assessed and ordered from what sensors sent: once, whoever looks and however often; and told to webhooks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

import catalog
from relay.job import Done, Turn
from relay.jobs import outbox as outbox_job
from relay.jobs import stock as stock_job
from relay.settings import Settings
from store import orders, outbox, stock, webhooks
from store.database import Connection, connect
from store.errors import Conflict, NotFound
from store.stock import Terms
from tests.integration.voice.lives import Happening, Lives
from voice.stock.assessing import assess, close

CATALOG = catalog.load()
SENSOR = CATALOG["stock_sensor"]
NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
TERMS = Terms("M8", "box", lead_days=3, lead_sd_days=1, service_level=0.95, pack=5, min_order=10)


class Shelf:
    """A shelf of 30, of which one is taken at noon of each day."""

    def __init__(self, url: str, conn: Connection) -> None:
        self.url, self.conn = url, conn
        self.lives = Lives(conn)
        owner = self.lives.customer()
        self.device = self.lives.device("q-1", "stock_sensor", (owner, NOW - timedelta(days=100), None))
        self.boot = 0
        taken: list[Happening] = [
            (NOW - timedelta(days=day), "items_taken", {"items": 1, "remaining": 1}) for day in range(60, 0, -1)
        ]
        self.lives.live(
            self.device, NOW - timedelta(days=61), NOW - timedelta(hours=30), taken[:-1], beat={"stock_items": 30}
        )
        stock.put(conn, self.device.device_id, TERMS, by="user:tom", now=NOW)

    def shows(self, *levels: int, hours_ago: float = 1.0) -> None:
        """The newest weighings."""
        self.boot += 1
        for n, level in enumerate(levels):
            at = NOW - timedelta(hours=hours_ago) + timedelta(minutes=n)
            self.conn.execute(
                b"INSERT INTO telemetry_stock_sensor (device_id, ts, boot, seq, lag_ms, quality, stock_items)"
                b" VALUES (%s, %s, %s, %s, 0, 0, %s)",
                (self.device.device_id, at, 100 + self.boot, n, level),
            )

    def look(self, later: timedelta = timedelta(0)) -> int | None:
        return assess(self.conn, SENSOR, self.device.device_id, NOW + later, by="system:test").order_id

    def item(self) -> stock.Item:
        return stock.get(self.conn, self.device.device_id)

    def count(self, table: str) -> int:
        row = self.conn.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()
        assert row is not None
        return int(row[0])


@pytest.fixture
def shelf(database: str) -> Iterator[Shelf]:
    with connect(database, autocommit=True) as conn:
        yield Shelf(database, conn)


def test_an_order_is_placed_when_the_reorder_point_is_reached(shelf: Shelf) -> None:
    shelf.shows(30)
    assert shelf.look() is None
    item = shelf.item()
    assert item.demand == pytest.approx(1, abs=0.1)
    assert item.reorder_point in (5, 6)  # one a day, three days and one of them, and the day until the next look
    assert item.cover_days == pytest.approx(30, abs=3)
    shelf.shows(4, 4, 4, 4, 4, hours_ago=0.5)
    assert shelf.look() is None  # once may be chance
    order = shelf.look()
    assert order is not None
    found = orders.get(shelf.conn, order)
    assert (found.sku, found.quantity % 5, found.state) == ("M8", 0, "open")
    assert found.quantity >= item.reorder_point + 14 - 4  # up to the point and two weeks
    assert found.because["level"] == 4


def test_one_wrong_weighing_orders_nothing(shelf: Shelf) -> None:
    shelf.shows(30, 30, 0, 30, 30)
    assert (shelf.look(), shelf.look(), shelf.look()) == (None, None, None)
    assert shelf.item().level == 30


def test_a_sensor_that_is_not_heard_orders_nothing(shelf: Shelf) -> None:
    shelf.shows(0, 0, 0, hours_ago=28)
    assert (shelf.look(), shelf.look()) == (None, None)
    assert shelf.item().level is None


def test_noise_about_the_point_orders_once_and_an_arrival_arms_again(shelf: Shelf) -> None:
    placed = []
    for n in range(12):
        shelf.shows(*([5, 6, 5, 7, 4] if n % 2 else [4, 5, 4, 5, 4]), hours_ago=0.9 - n / 20)
        placed.append(shelf.look())
    opened = [order for order in placed if order is not None]
    assert len(opened) == 1
    close(shelf.conn, opened[0], received=20, by="user:tom", now=NOW)
    assert (shelf.look(), shelf.look(), shelf.look()) == (None, None, None)  # received, and not yet on the shelf
    shelf.shows(25, 25, 25, 25, 25, hours_ago=0.2)
    assert shelf.look() is None
    assert shelf.item().armed
    shelf.shows(3, 3, 3, 3, 3, hours_ago=0.1)
    assert (shelf.look(), shelf.look() is not None) == (None, True)


def test_goods_that_never_reach_the_shelf_are_ordered_again_after_some_days(shelf: Shelf) -> None:
    shelf.shows(3, 3, 3, 3, 3)
    assert shelf.look() is None
    order = shelf.look()
    assert order is not None
    close(shelf.conn, order, received=None, by="user:tom", now=NOW)
    assert shelf.look(timedelta(hours=5)) is None
    shelf.conn.execute("UPDATE orders SET closed_at = closed_at - interval '3 days'")
    assert shelf.look(timedelta(hours=6)) is not None


def test_eight_that_look_at_once_place_one_order(shelf: Shelf) -> None:
    """Two relays, a restart and a replay: whoever looks, and however often."""
    webhooks.add(shelf.conn, "https://example.com/", ["order.opened"], by="user:ada", now=NOW)
    shelf.shows(2, 2, 2, 2, 2)
    shelf.look()

    def work(_: int) -> int:
        with connect(shelf.url, autocommit=True) as conn:
            turn = Turn(conn, NOW, NOW, {}, lambda: False)
            return sum(int(str(stock_job.job(Settings(), CATALOG).run(turn).result["ordered"])) for _ in range(3))

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(work, range(8))) == 1
    assert (shelf.count("orders"), shelf.count("outbox")) == (1, 1)


def test_the_constraint_itself_allows_one(shelf: Shelf) -> None:
    def work(_: int) -> int | None:
        with connect(shelf.url, autocommit=True) as conn:
            return orders.open_one(conn, shelf.device.device_id, "M8", "box", 5, {}, by="test", now=NOW)

    with ThreadPoolExecutor(8) as pool:
        placed = [order for order in pool.map(work, range(16)) if order is not None]
    assert len(placed) == 1
    close(shelf.conn, placed[0], received=5, by="user:tom")
    with pytest.raises(Conflict, match="received already"):
        close(shelf.conn, placed[0], received=5, by="user:tom")
    with pytest.raises(NotFound):
        close(shelf.conn, 999, received=5, by="user:tom")


def test_an_event_is_of_the_transaction_of_its_cause(shelf: Shelf) -> None:
    webhooks.add(shelf.conn, "https://example.com/", ["order.opened"], by="user:ada", now=NOW)
    with shelf.conn.transaction(force_rollback=True):
        outbox.add(shelf.conn, "order.opened", {}, now=NOW)
        assert shelf.count("outbox") == 1
    assert shelf.count("outbox") == 0
    assert outbox.add(shelf.conn, "order.received", {}, now=NOW) == 0  # nobody asked for it


class Receiver(ThreadingHTTPServer):
    """An endpoint that answers as it is told, and keeps what it got."""

    daemon_threads = True

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[tuple[int, dict[str, str]]] = []
        super().__init__(("127.0.0.1", 0), _Hook)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook"


class _Hook(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
        status, headers = self.server.answers.pop(0) if self.server.answers else (204, {})
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as it is called
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join(10)


def _deliver(conn: Connection, *, private: int = 1) -> Done:
    turn = Turn(conn, NOW, NOW, {}, lambda: False)
    return outbox_job.job(Settings(webhooks_private=private)).run(turn)


def _due_now(shelf: Shelf) -> None:
    shelf.conn.execute("UPDATE outbox SET next_at = now() - interval '1 s'")


def test_an_event_arrives_signed(shelf: Shelf, receiver: Receiver) -> None:
    _, secret = webhooks.add(shelf.conn, receiver.url, ["order.opened"], by="user:ada", now=NOW)
    outbox.add(shelf.conn, "order.opened", {"order": 7, "sku": "پیچ"}, now=NOW)
    assert _deliver(shelf.conn).result == {"delivered": 1}
    [(headers, body)] = receiver.got
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert abs(int(headers["webhook-timestamp"]) - datetime.now(UTC).timestamp()) < 60
    assert json.loads(body)["data"] == {"order": 7, "sku": "پیچ"}
    assert _deliver(shelf.conn).result == {}
    assert len(receiver.got) == 1
    [kept] = webhooks.listing(shelf.conn)
    assert (kept.waiting, kept.given_up, kept.answer) == (0, 0, "status 204")


def test_it_is_tried_again_with_the_same_id_and_in_the_end_given_up(shelf: Shelf, receiver: Receiver) -> None:
    webhooks.add(shelf.conn, receiver.url, ["order.opened"], by="user:ada", now=NOW)
    outbox.add(shelf.conn, "order.opened", {}, now=NOW)
    receiver.answers = [(500, {}), (302, {"location": "http://127.0.0.1:1/"}), (429, {"retry-after": "77"})]
    for n in range(3):
        assert _deliver(shelf.conn).result == {"failed": 1}
        row = shelf.conn.execute("SELECT attempts, next_at - now() FROM outbox").fetchone()
        assert row is not None
        assert row[0] == n + 1
        assert row[1] > timedelta(seconds=(3, 230, 1_400)[n])
        _due_now(shelf)
    assert _deliver(shelf.conn).result == {"delivered": 1}
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    assert len({body for _, body in receiver.got}) == 1
    outbox.add(shelf.conn, "order.opened", {}, now=NOW)
    shelf.conn.execute("UPDATE outbox SET attempts = 9 WHERE delivered_at IS NULL")
    receiver.answers = [(500, {})]
    assert _deliver(shelf.conn).result == {"given_up": 1}
    assert outbox.waiting(shelf.conn) == (0, 1)


def test_an_endpoint_that_is_gone_is_sent_no_more(shelf: Shelf, receiver: Receiver) -> None:
    webhooks.add(shelf.conn, receiver.url, ["order.opened"], by="user:ada", now=NOW)
    outbox.add(shelf.conn, "order.opened", {}, now=NOW)
    receiver.answers = [(410, {})]
    assert _deliver(shelf.conn).result == {"disabled": 1}
    [kept] = webhooks.listing(shelf.conn)
    assert kept.disabled_why == "its endpoint answered 410"
    assert outbox.add(shelf.conn, "order.opened", {}, now=NOW) == 0


def test_nothing_is_sent_into_a_private_network_unless_it_is_allowed(shelf: Shelf, receiver: Receiver) -> None:
    webhooks.add(shelf.conn, receiver.url, ["order.opened"], by="user:ada", now=NOW)
    outbox.add(shelf.conn, "order.opened", {}, now=NOW)
    assert _deliver(shelf.conn, private=0).result == {"failed": 1}
    assert receiver.got == []


def test_two_relays_send_each_event_once(shelf: Shelf, receiver: Receiver) -> None:
    webhooks.add(shelf.conn, receiver.url, ["order.opened"], by="user:ada", now=NOW)
    for n in range(20):
        outbox.add(shelf.conn, "order.opened", {"order": n}, now=NOW)

    def work(_: int) -> None:
        with connect(shelf.url, autocommit=True) as conn:
            _deliver(conn)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))
    assert sorted(json.loads(body)["data"]["order"] for _, body in receiver.got) == list(range(20))


def test_what_a_killed_relay_was_sending_is_sent_again(shelf: Shelf, receiver: Receiver) -> None:
    webhooks.add(shelf.conn, receiver.url, ["order.opened"], by="user:ada", now=NOW)
    outbox.add(shelf.conn, "order.opened", {}, now=NOW)
    with connect(shelf.url) as killed:
        assert outbox.take(killed, datetime.now(UTC)) is not None
        assert _deliver(shelf.conn).result == {}  # the other has it
    assert _deliver(shelf.conn).result == {"delivered": 1}
