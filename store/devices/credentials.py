"""Whether a device may connect: its secret issued again, taken away, checked; its status."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from psycopg import sql
from psycopg.rows import class_row

from store import accounts, secrets
from store.database import Connection
from store.devices.identity import COLUMNS, STATUSES, Device, Status, get, update
from store.errors import Conflict, InvalidValue, translated

NO_CREDENTIALS: Mapping[str, None] = {"secret_sha256": None, "mqtt_password": None, "secret_at": None}


def rotate(conn: Connection, device: str) -> tuple[Device, str]:
    """Issue a new secret in place of the old one, or after a revocation.

    The old one is refused, and a connection made with it ended, within about a second. Raises `NotFound`; `Conflict`
    for a retired device.
    """
    secret = secrets.new_secret()
    values = {
        "secret_sha256": secrets.sha256(secret),
        "mqtt_password": secrets.mosquitto_line(secret),
        "secret_at": datetime.now(UTC),
    }
    if get(conn, device).status == "retired":
        raise Conflict(f"device {device} is retired; make it active before it gets credentials")
    return _cut_off(conn, update(conn, device, values)), secret


def revoke(conn: Connection, device: str) -> Device:
    """Take a device's credentials away: refused, and disconnected within about a second. Raises `NotFound`."""
    return _cut_off(conn, update(conn, device, NO_CREDENTIALS))


def set_status(conn: Connection, device: str, status: Status) -> Device:
    """Set a device's status; any but `active` ends its connection within about a second. Raises `NotFound`."""
    if status not in STATUSES:
        raise InvalidValue(f"status {status!r} must be one of {', '.join(STATUSES)}")
    changed = update(conn, device, {"status": status, **(NO_CREDENTIALS if status == "retired" else {})})
    if status == "active":
        accounts.changed(conn)
        return changed
    return _cut_off(conn, changed)


@translated()
def _cut_off(conn: Connection, device: Device) -> Device:
    """Have the broker end the device's connection, and note that end.

    Mosquitto publishes no will for a client whose account it lost, so the platform says what the will would have said.
    """
    conn.execute(
        """INSERT INTO connections (device_id, boot, conn, online, arrived_at)
           SELECT device_id, boot, conn, false, now() FROM device_state WHERE device_id = %s AND online
           ON CONFLICT DO NOTHING""",
        (device.device_id,),
    )
    conn.execute(
        "UPDATE device_state SET online = false, arrived_at = now() WHERE device_id = %s AND online",
        (device.device_id,),
    )
    accounts.changed(conn)
    return device


@translated()
def authenticate(conn: Connection, device: str, secret: str) -> Device | None:
    """The device, if it is active and `secret` its own. Wrong id and wrong secret look the same."""
    kept: bytes | None = None
    if "\0" not in device:
        row = conn.execute("SELECT secret_sha256 FROM devices WHERE device = %s", (device,)).fetchone()
        kept = bytes(row[0]) if row is not None and row[0] is not None else None
    if not secrets.verify(secret, kept):
        return None
    with conn.cursor(row_factory=class_row(Device)) as cursor:
        return cursor.execute(
            sql.SQL(
                """SELECT {columns} FROM devices d
                   WHERE device = %s AND secret_sha256 = %s AND status = 'active'"""
            ).format(columns=COLUMNS),
            (device, kept),
        ).fetchone()
