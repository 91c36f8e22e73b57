"""What devices said and people entered before a release was frozen: something in every table of it.

`FILL` is for the tables that no message fills; `messages` makes the rest. Frozen with a release as text, so that a
change here does not alter what an old release is proved with.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

DAY_MS = 86_400_000
START_MS = 1_794_009_600_000
"""2026-11-07 00:00 UTC."""
DEVICES = {"vac-1": "robot_vacuum", "vac-2": "robot_vacuum", "pill-1": "pill_dispenser", "stock-1": "stock_sensor",
           "app-1": "software"}  # fmt: skip

FILL = """
INSERT INTO devices (device, product, serial, batch, hardware, secret_sha256, mqtt_password, secret_at, created_at)
SELECT device, product, 'SN-' || device, 'B7', 'rev-c', sha256(device::bytea), '$7$101$c2FsdA==$aGFzaA==',
       '2026-11-06', '2026-11-06'
FROM (VALUES ('vac-1', 'robot_vacuum'), ('vac-2', 'robot_vacuum'), ('pill-1', 'pill_dispenser'),
             ('stock-1', 'stock_sensor'), ('app-1', 'software')) d (device, product);
INSERT INTO customers (customer, name, language, zone, calendar, week_start, weekend, created_at) VALUES
    ('c-en', 'Erika Mustermann', 'en', 'Europe/Berlin', 'gregorian', 1, '{6,7}', '2026-11-06'),
    ('c-fa', 'نمونه', 'fa', 'Asia/Tehran', 'persian', 6, '{5}', '2026-11-06');
INSERT INTO ownerships (device_id, customer_id, zone, during)
SELECT d.device_id, c.customer_id, c.zone, tstzrange('2026-11-06', NULL)
FROM devices d JOIN customers c ON c.customer = CASE d.device WHEN 'pill-1' THEN 'c-fa' ELSE 'c-en' END;
INSERT INTO users (name, display_name, roles, created_at) VALUES
    ('ada', 'Ada', '{admin}', '2026-11-06'), ('carl', 'Carl', '{carer,support}', '2026-11-06');
UPDATE users SET password_hash = '$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA',
    password_changed_at = '2026-11-06', language = 'fa', calendar = 'persian' WHERE name = 'carl';
INSERT INTO tokens (user_id, label, token_sha256, created_at)
SELECT user_id, 'frozen', sha256(name::bytea), '2026-11-06' FROM users;
INSERT INTO sessions (user_id, token_id, secret_sha256, created_at, seen_at, expires_at)
SELECT user_id, token_id, sha256('session'), '2026-11-06', '2026-11-06', '2026-11-06 12:00' FROM tokens LIMIT 1;
INSERT INTO known_browsers (user_id, secret_sha256, seen_at) SELECT user_id, sha256('browser'), '2026-11-06' FROM users;
INSERT INTO sign_in_attempts (of_sha256, attempts, last_at, until) VALUES
    (sha256('ada'), 5, '2026-11-06', '2026-11-06 00:00:05');
INSERT INTO care_team (user_id, customer_id, during)
SELECT user_id, customer_id, tstzrange('2026-11-06', NULL) FROM users u, customers WHERE u.name = 'carl';
INSERT INTO consents (customer_id, purpose, during)
SELECT customer_id, 'comparison', tstzrange('2026-11-06', NULL) FROM customers;
INSERT INTO audit (at, actor, roles, action, object_type, object, customer, detail) VALUES
    ('2026-11-22 12:00Z', 'user:carl', '{carer}', 'usage.read', 'device', 'pill-1', 'c-fa', '{"per": "day"}');
INSERT INTO idempotency (actor, key, request, status, response, created_at) VALUES
    ('user:ada', 'k-1', sha256('body'), 201, '{"device": "vac-1"}', '2026-11-22 12:00Z');
INSERT INTO ingest_slots (slot, worker, held_since, seen_at) VALUES (0, 'old:1', '2026-11-06', '2026-11-06');
"""


@dataclass(frozen=True, slots=True)
class Message:
    """One publication: topic, when it arrived in ms since the epoch, and its payload."""

    topic: str
    arrived_at_ms: int
    payload: str


def messages() -> Iterator[Message]:
    """In order of arrival within a device: two boots, a hole, a late one, a repeat, a conflict, a clock that is off."""
    for device, product in DEVICES.items():
        yield _state(device, 1, 1, START_MS, online=True)
        for seq in range(48):
            if seq not in (17, 18):
                yield _reading(device, product, 1, seq, START_MS + seq * 1_800_000)
        yield _state(device, 1, 1, START_MS + DAY_MS, online=False)
        second = START_MS + DAY_MS + 3_600_000
        yield _state(device, 2, 1, second, online=True)
        for seq in range(24):
            yield _reading(device, product, 2, seq, second + seq * 1_800_000, prev=(1, 47) if seq == 0 else None)
        yield _reading(device, product, 1, 18, START_MS + 18 * 1_800_000, arrived=second + DAY_MS)
        yield _reading(device, product, 2, 3, second + 3 * 1_800_000)
        yield _reading(device, product, 2, 4, second + 4 * 1_800_000, shift=1)
        yield _message(device, "telemetry", second + DAY_MS, {"boot": 2, "seq": 24, "values": _values(product, 24)})
        yield _message(device, "telemetry", second + DAY_MS, {"ts": second, "boot": 2, "seq": 25, "values": 7})
        yield _event(device, second + DAY_MS, 26, "clean_started", {})
        yield _event(device, second + DAY_MS + 600_000, 27, "clean_finished", {"duration_min": 10, "area_m2": 8.5})
    yield Message("vop/v1/vac-1/up/telemetry", START_MS, "not json")


def _values(product: str, number: int) -> dict[str, Any]:
    # A key of every product's, and one that nobody declared.
    measured: dict[str, dict[str, Any]] = {
        "robot_vacuum": {
            "battery_pct": 20.0 + number % 60,
            "brush_current_a": 1.5 + number / 64,
            "cleaning_mode": ("quiet", "standard")[number % 2],
        },
        "pill_dispenser": {"battery_pct": 90.0 - number / 2},
        "stock_sensor": {"weight_g": 500.0 - number / 4, "stock_items": 100 - number},
        "software": {"memory_mb": 256.0 + number, "sessions_total": number, "connection": "wifi"},
    }
    return measured[product] | {"bench_note": number}


def _reading(
    device: str, product: str, boot: int, seq: int, ts: int, *, arrived: int | None = None, shift: int = 0,
    prev: tuple[int, int] | None = None,
) -> Message:  # fmt: skip
    body: dict[str, Any] = {"ts": ts, "boot": boot, "seq": seq, "values": _values(product, seq + shift)}
    if prev:
        body["prev"] = {"boot": prev[0], "seq": prev[1]}
    return _message(device, "telemetry", arrived or ts + 250, body)


def _event(device: str, ts: int, seq: int, kind: str, attrs: dict[str, Any]) -> Message:
    return _message(device, "event", ts + 250, {"ts": ts, "boot": 2, "seq": seq, "kind": kind, "attrs": attrs})


def _state(device: str, boot: int, conn: int, ts: int, *, online: bool) -> Message:
    body: dict[str, Any] = {"online": online, "boot": boot, "conn": conn}
    if online:
        body |= {"ts": ts, "firmware": "1.4.2", "values": {"volume_pct": 40}}
    return _message(device, "state", ts + 250, body)


def _message(device: str, channel: str, arrived_at_ms: int, body: dict[str, Any]) -> Message:
    return Message(f"vop/v1/{device}/up/{channel}", arrived_at_ms, json.dumps(body, separators=(",", ":")))
