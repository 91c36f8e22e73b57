"""What a device proves itself with: issued again, taken away, checked."""

from __future__ import annotations

from datetime import UTC, datetime

from psycopg import sql
from psycopg.rows import class_row

from store import accounts, secrets
from store.database import Connection
from store.devices.identity import COLUMNS, NO_CREDENTIALS, Device, get, update
from store.errors import Conflict, translated


def rotate(conn: Connection, device: str) -> tuple[Device, str]:
    """Issue a new secret in place of the old one, or after a revocation.

    The old one is refused, and a connection made with it ended, within about a second. Raises
    `NotFound`; `Conflict` for a retired device.
    """
    secret = secrets.new_secret()
    values = {
        "secret_sha256": secrets.sha256(secret),
        "mqtt_password": secrets.mosquitto_line(secret),
        "secret_at": datetime.now(UTC),
    }
    if get(conn, device).status == "retired":
        raise Conflict(f"device {device} is retired; make it active before it gets credentials")
    changed = update(conn, device, values)
    accounts.changed(conn)
    return changed, secret


def revoke(conn: Connection, device: str) -> Device:
    """Take a device's credentials away: refused, and disconnected within about a second.

    Raises `NotFound`.
    """
    changed = update(conn, device, NO_CREDENTIALS)
    accounts.changed(conn)
    return changed


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
