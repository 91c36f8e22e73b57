"""A device's stored past, written straight into the tables the readers read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from store.database import Connection, connect

T0 = datetime(2026, 3, 20, tzinfo=UTC)


def at(minutes: float) -> datetime:
    """`minutes` after the beginning of the tests' time."""
    return T0 + timedelta(minutes=minutes)


class Past:
    """Writes what a test says happened. Times are minutes after `T0`."""

    def __init__(self, conn: Connection) -> None:
        self.conn = conn
        self._seq = 0

    def device(self, name: str = "d-1", product: str = "robot_vacuum") -> int:
        row = self.conn.execute(
            "INSERT INTO devices (device, product, created_at) VALUES (%s, %s, %s) RETURNING device_id",
            (name, product, T0),
        ).fetchone()
        assert row is not None
        return int(row[0])

    def customer(self, name: str, zone: str, calendar: str = "gregorian") -> int:
        row = self.conn.execute(
            """INSERT INTO customers (customer, name, zone, calendar, week_start)
               VALUES (%s, %s, %s, %s, %s) RETURNING customer_id""",
            (name, name, zone, calendar, 6 if calendar == "persian" else 1),
        ).fetchone()
        assert row is not None
        return int(row[0])

    def owned(self, device: int, customer: int, zone: str, since: datetime, until: datetime | None = None) -> None:
        self.conn.execute(
            """INSERT INTO ownerships (device_id, customer_id, zone, during)
               VALUES (%s, %s, %s, tstzrange(%s, %s))""",
            (device, customer, zone, since, until),
        )

    def event(
        self,
        device: int,
        minutes: float,
        kind: str,
        attrs: dict[str, object] | None = None,
        *,
        boot: int = 1,
        seq: int | None = None,
        quality: int = 0,
    ) -> None:
        self._seq += 1
        self.conn.execute(
            """INSERT INTO events (device_id, ts, boot, seq, lag_ms, quality, kind, attrs)
               VALUES (%s, %s, %s, %s, 0, %s, %s, %s::jsonb)""",
            (
                device, at(minutes), boot, self._seq if seq is None else seq, quality, kind,
                json.dumps(attrs or {}),
            ),
        )  # fmt: skip

    def heard(self, device: int, *spans: tuple[float, float]) -> None:
        for since, until in spans:
            self.conn.execute(
                "INSERT INTO heard (device_id, since, until) VALUES (%s, %s, %s)",
                (device, at(since), at(until)),
            )

    def run(self, device: int, boot: int, first: int, last: int, since: float, until: float) -> None:
        self.conn.execute(
            "INSERT INTO runs VALUES (%s, %s, %s, %s, %s, %s)",
            (device, boot, first, last, at(since), at(until)),
        )

    def boot(
        self,
        device: int,
        boot: int,
        since: float,
        until: float,
        *,
        prev: tuple[int, int] | None = None,
        seq_reused: int = 0,
    ) -> None:
        prev_boot, prev_seq = prev or (None, None)
        self.conn.execute(
            "INSERT INTO boots VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            (
                device, boot, at(since), at(until), prev_boot, prev_seq,
                at(since) if prev else None, seq_reused,
            ),
        )  # fmt: skip

    def connection(
        self, device: int, minutes: float, boot: int, conn: int, *, online: bool, firmware: str | None
    ) -> None:
        self.conn.execute(
            """INSERT INTO connections (device_id, boot, conn, online, arrived_at, firmware)
               VALUES (%s, %s, %s, %s, %s, %s)""",
            (device, boot, conn, online, at(minutes), firmware),
        )


@pytest.fixture
def conn(database: str) -> Iterator[Connection]:
    with connect(database) as connection:
        yield connection


@pytest.fixture
def past(conn: Connection) -> Past:
    return Past(conn)
