"""Devices, what they say, and what the database then holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import catalog
from catalog.elements import Element, Event, Previous, Quality, Reading, Reject, State
from store.database import Connection
from store.intake import Arrival, Intake, Outcome

PRODUCT = "robot_vacuum"
T0 = 1_790_000_000_000
"""Milliseconds since the epoch, in September 2026."""
DAY_MS = 86_400_000

_payloads = count()


def reading(
    seq: int,
    ts_ms: int | None = None,
    *,
    boot: int = 1,
    quality: int = Quality.OK,
    extra: dict[str, Any] | None = None,
    prev: tuple[int, int] | None = None,
    **values: Any,
) -> Reading:
    """A reading of a robot vacuum, a second a number unless told otherwise."""
    ts_ms = T0 + seq * 1000 if ts_ms is None else ts_ms
    given = values or {"battery_pct": 50.0 + seq % 50}
    return Reading(0, ts_ms, boot, seq, quality, given, extra, Previous(*prev) if prev else None)


def event(seq: int, ts_ms: int | None = None, *, boot: int = 1, kind: str = "stuck", **attrs: Any) -> Event:
    """An event; shares the counter of the readings."""
    return Event(0, T0 + seq * 1000 if ts_ms is None else ts_ms, boot, seq, Quality.OK, kind, attrs, None, None)


def state(boot: int, conn: int, *, online: bool = True, ts_ms: int | None = None, **said: Any) -> State:
    """A reported state, or a will."""
    return State(
        0, online, boot, conn, ts_ms, said.get("firmware"), said.get("desired_version"), said.get("values") or {}
    )


def arrival(
    device_id: int | None,
    *elements: Element,
    at: int = T0,
    topic: str = "vop/v1/d/up/telemetry",
    payload: bytes | None = None,
    rejects: Sequence[Reject] = (),
) -> Arrival:
    """A message with these elements, numbered in order."""
    numbered = [element._replace(index=index) for index, element in enumerate(elements)]
    payload = b"message %d" % next(_payloads) if payload is None else payload
    return Arrival(topic, payload, at, device_id, PRODUCT if device_id is not None else None, numbered, rejects)


@dataclass
class World:
    """One connection, one intake, and questions to the tables."""

    conn: Connection
    intake: Intake

    def device(self, name: str = "vac-1", product: str = PRODUCT) -> int:
        [[device_id]] = self.rows(
            "INSERT INTO devices (device, product) VALUES (%s, %s) RETURNING device_id", name, product
        )
        return int(device_id)

    def write(self, *arrivals: Arrival) -> Outcome:
        return self.intake.write(self.conn, arrivals)

    def say(self, device_id: int, *elements: Element, at: int = T0) -> Outcome:
        return self.write(arrival(device_id, *elements, at=at))

    def rows(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        return self.conn.execute(query.encode(), parameters).fetchall()

    def one(self, query: str, *parameters: object) -> Any:
        [[value]] = self.rows(query, *parameters)
        return value

    def readings(self, device_id: int) -> list[tuple[Any, ...]]:
        """(offset from T0 in ms, boot, seq, battery_pct) in order."""
        return self.rows(
            f"""SELECT {ms("ts")} - {T0}, boot, seq, battery_pct FROM telemetry_robot_vacuum
                WHERE device_id = %s ORDER BY ts, boot, seq""",
            device_id,
        )

    def runs(self, device_id: int) -> dict[int, list[tuple[int, int, int, int]]]:
        """Boot -> (first_seq, last_seq, first and last offset from T0 in ms)."""
        found: dict[int, list[tuple[int, int, int, int]]] = {}
        for boot, *run in self.rows(
            f"""SELECT boot, first_seq, last_seq, {ms("first_ts")} - {T0}, {ms("last_ts")} - {T0}
                FROM runs WHERE device_id = %s ORDER BY boot, first_seq""",
            device_id,
        ):
            found.setdefault(boot, []).append((run[0], run[1], run[2], run[3]))
        return found

    def heard(self, device_id: int) -> list[tuple[int, int]]:
        """(since, until) as offsets from T0 in ms."""
        rows = self.rows(
            f"SELECT {ms('since')} - {T0}, {ms('until')} - {T0} FROM heard WHERE device_id = %s ORDER BY since",
            device_id,
        )
        return [(since, until) for since, until in rows]

    def latest(self, device_id: int) -> Mapping[str, list[Any]]:
        found: Mapping[str, list[Any]] = self.one("SELECT signals FROM latest WHERE device_id = %s", device_id)
        return found

    def dead(self) -> list[tuple[Any, ...]]:
        """(element_index, reason, count) in order of writing."""
        return self.rows("SELECT element_index, reason, count FROM dead_letters ORDER BY dead_letter_id")


def ms(column: str) -> str:
    """Milliseconds since the epoch of a timestamptz column."""
    return f"(extract(epoch FROM {column}) * 1000)::bigint"


def products(**changes: Any) -> dict[str, catalog.Product]:
    """The catalogue, with changes to the robot vacuum."""
    known = dict(catalog.load())
    known[PRODUCT] = known[PRODUCT].model_copy(update=changes)
    return known
