"""A served app over a real database, with people, customers and devices in it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from fastapi import FastAPI

import catalog
from api.app import create_app
from api.service import Server, server
from api.settings import Settings
from catalog import Catalog
from store import care, cases, claims, customers, devices, ownerships, promises, statements, tokens, users
from store.database import Database
from tests.waiting import poll

API = "/api/v1"
PEOPLE = {
    "ada": "admin",
    "sam": "support",
    "max": "maintenance",
    "clara": "clinician",
    "carl": "carer",
    "tom": "stock",
    "quinn": "quality",
    "stranger": "clinician",
}
"""By name, their one role. Clara and Carl care for Anna; the stranger cares for nobody."""
DEVICES = {
    "pill-anna": ("pill_dispenser", "anna"),
    "pill-ben": ("pill_dispenser", "ben"),
    "vac-anna": ("robot_vacuum", "anna"),
    "vac-ben": ("robot_vacuum", "ben"),
    "spare": ("stock_sensor", None),
}
OWNED_SINCE = timedelta(days=20)
SAID = {"pill-anna": 1, "pill-ben": 2, "vac-anna": 3, "vac-ben": 4}
"""What was said of each: the numbers of the statement, of its case, and of a promise in it."""
CLAIM = {
    "topic": "usage_frequency", "low": 2, "high": 3, "unit": "count", "per": "month", "hedged": False,
    "negated": False, "quote": "two or three times a month", "window": None,
}  # fmt: skip


@dataclass
class World:
    """Where the app is served, and what opens it."""

    app: FastAPI
    url: str
    database: Database
    tokens: dict[str, str]
    secrets: dict[str, str]
    server: Server

    def client(self, name: str | None = None) -> httpx.Client:
        """A client of one of `PEOPLE`; without a name, of nobody."""
        headers = {"Authorization": f"Bearer {self.tokens[name]}"} if name else {}
        # Plain http: reading the machine's certificates would take most of the time.
        return httpx.Client(base_url=self.url + API, headers=headers, timeout=30, verify=False)

    def call(self, name: str | None, method: str, path: str, **more: Any) -> httpx.Response:
        """One request."""
        with self.client(name) as client:
            return client.request(method, path, **more)

    def get(self, name: str, path: str, **query: Any) -> Any:
        """The body of a successful GET."""
        answer = self.call(name, "GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def publish(self, device: str, message: object, channel: str = "telemetry") -> dict[str, Any]:
        """What a device says over HTTP."""
        answer = httpx.post(
            f"{self.url}{API}/telemetry",
            params={"channel": channel},
            json=message,
            auth=(device, self.secrets[device]),
            timeout=30,
        )
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    def audited(self, **filters: Any) -> list[dict[str, Any]]:
        """Entries of the audit log, newest first."""
        return list(self.get("ada", "/audit", **filters)["items"])


@contextmanager
def serve(url: str, *, products: Catalog | None = None, **settings: Any) -> Iterator[World]:
    """The app over the migrated database `url`, peopled; of the shipped products unless others are given."""
    chosen = Settings(database_url=url, port=0, **settings)
    with Database(url, max_size=chosen.pool_size, statement_timeout_ms=10_000) as database:
        known, secrets = _people(database), _devices(database)
        _statements(database)
        app = create_app(chosen, products or catalog.load(), database)
        running = server(app, chosen)
        thread = threading.Thread(target=running.run, daemon=True)
        thread.start()
        try:
            poll(lambda: running.started or not thread.is_alive(), what="uvicorn")
            port = running.servers[0].sockets[0].getsockname()[1]
            yield World(app, f"http://127.0.0.1:{port}", database, known, secrets, running)
        finally:
            running.stop()
            thread.join(30)
            assert not thread.is_alive()


def _people(database: Database) -> dict[str, str]:
    known = {}
    with database.connection() as conn:
        for name, role in PEOPLE.items():
            user = users.create(conn, name, name.title(), [role])
            known[name] = tokens.issue(conn, user.user_id, "test")[1]
    return known


def _devices(database: Database) -> dict[str, str]:
    secrets = {}
    since = datetime.now(UTC) - OWNED_SINCE
    with database.connection() as conn:
        for name, zone in (("anna", "Europe/Berlin"), ("ben", "Asia/Tehran")):
            customers.create(conn, name, f"{name.title()} Example", zone=zone)
        for name, (product, customer) in DEVICES.items():
            device, secrets[name] = devices.register(conn, name, product)
            if customer:
                ownerships.set_history(conn, device.device_id, [ownerships.Span(customer, since)])
        anna = customers.get(conn, "anna").customer_id
        for name in ("clara", "carl"):
            care.join(conn, users.get(conn, name).user_id, anna, since=since)
    return secrets


def _statements(database: Database) -> None:
    now = datetime.now(UTC)
    with database.connection() as conn:
        for name, number in SAID.items():
            device = devices.get(conn, name)
            owner = customers.get(conn, DEVICES[name][1] or "").customer_id
            case = cases.begin(conn, owner, device.device_id, opened_at=now, by="user:sam", now=now)
            text = f"I use it {CLAIM['quote']}"
            new = statements.New(
                case, owner, device.device_id, device.product, "phone", text, "en", now, "user:sam",
                uncompared="no_consent",
            )  # fmt: skip
            said = statements.add(conn, new)
            claims.add(conn, said, [CLAIM])
            due = now + timedelta(days=1)
            made = promises.make(conn, case, "call back", due, by="user:sam", now=now, private=False)
            assert said == case == made.promise_id == number


def now_ms() -> int:
    """Milliseconds since the epoch."""
    return time.time_ns() // 1_000_000
