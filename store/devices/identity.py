"""What a device is: its id, product, serial number, batch, hardware, and its status in the
registry.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from psycopg import sql
from psycopg.rows import class_row

from store import accounts, secrets
from store.database import Connection
from store.errors import Conflict, InvalidValue, NotFound, translated

Status = Literal["active", "suspended", "quarantined", "retired"]
"""Only an active device may connect. `retired` is for good: its credentials are removed."""
STATUSES: tuple[str, ...] = get_args(Status)

ID_FORM = re.compile(r"(?!\.{1,2}\Z)[A-Za-z0-9._-]{1,64}")
"""Not `.` nor `..`: within an address those mean another place."""
# A device's client id is its device id, and all listeners of a broker share client ids: under one
# of these names a device could take over the session of a service.
RESERVED = re.compile(r"(ingest|converse|predict|relay|api|vop)(-.*)?", re.IGNORECASE)
MAX_TEXT = 128

COLUMNS = sql.SQL(
    """d.device_id, d.device, d.product, d.serial, d.batch, d.hardware, d.status,
             d.secret_sha256 IS NOT NULL AS has_credentials, d.secret_at, d.created_at"""
)


@dataclass(frozen=True, slots=True)
class Device:
    """One row of the registry, without its secrets."""

    device_id: int
    device: str
    product: str
    serial: str | None
    batch: str | None
    hardware: str | None
    status: Status
    has_credentials: bool
    secret_at: datetime | None
    """When its credentials were issued."""
    created_at: datetime


def checked_id(device: str) -> str:
    """`device` if it may be a device's id, else `InvalidValue`."""
    if not ID_FORM.fullmatch(device):
        raise InvalidValue(f"device id {device!r} must be 1 to 64 of A-Z a-z 0-9 . _ -, and not . or ..")
    if RESERVED.fullmatch(device):
        raise InvalidValue(f"device id {device!r} is kept for a service of the platform; choose another")
    return device


def checked_text(what: str, value: str | None) -> str | None:
    """`value` stripped; None when empty. Raises `InvalidValue` for control characters or more than
    128 characters.
    """
    value = (value or "").strip()
    if len(value) > MAX_TEXT or not all(character.isprintable() for character in value):
        raise InvalidValue(f"{what} must be at most {MAX_TEXT} printable characters")
    return value or None


@translated()
def register(
    conn: Connection,
    device: str,
    product: str,
    *,
    serial: str | None = None,
    batch: str | None = None,
    hardware: str | None = None,
) -> tuple[Device, str]:
    """Add a device and issue its secret, which is not kept and cannot be shown again.

    Raises `Conflict` when the id is taken, `NotFound` for an unknown product, `InvalidValue` for
    the form of a value.
    """
    secret = secrets.new_secret()
    values = (
        checked_id(device), product, checked_text("serial", serial), checked_text("batch", batch),
        checked_text("hardware", hardware), secrets.sha256(secret), secrets.mosquitto_line(secret),
    )  # fmt: skip
    if conn.execute("SELECT 1 FROM products WHERE product = %s", (product,)).fetchone() is None:
        raise NotFound(f"there is no product {product}; `vop migrate` brings a new product into the database")
    with conn.cursor(row_factory=class_row(Device)) as cursor:
        made = cursor.execute(
            sql.SQL("""INSERT INTO devices AS d
                    (device, product, serial, batch, hardware,
                     secret_sha256, mqtt_password, secret_at)
                VALUES (%s, %s, %s, %s, %s, %s, %s, now())
                ON CONFLICT (device) DO NOTHING RETURNING {columns}""").format(columns=COLUMNS),
            values,
        ).fetchone()
    if made is None:
        raise Conflict(f"device {device} exists already")
    accounts.changed(conn)
    return made, secret


def get(conn: Connection, device: str) -> Device:
    """The device with the id `device`. Raises `NotFound`."""
    return _one(conn, "device", device)


def by_id(conn: Connection, device_id: int) -> Device:
    """The device with the internal number `device_id`. Raises `NotFound`."""
    return _one(conn, "device_id", device_id)


@translated()
def _one(conn: Connection, column: str, value: str | int) -> Device:
    with conn.cursor(row_factory=class_row(Device)) as cursor:
        found = cursor.execute(
            sql.SQL("SELECT {columns} FROM devices d WHERE {column} = %s").format(
                columns=COLUMNS, column=sql.Identifier(column)
            ),
            (value,),
        ).fetchone()
    if found is None:
        raise NotFound(f"there is no device {value}")
    return found


def describe(
    conn: Connection,
    device: str,
    *,
    serial: str | None = None,
    batch: str | None = None,
    hardware: str | None = None,
) -> Device:
    """Set what is given of a device's description. Raises `NotFound`, `InvalidValue`."""
    given = {"serial": serial, "batch": batch, "hardware": hardware}
    values = {key: checked_text(key, value) for key, value in given.items() if value is not None}
    return update(conn, device, values) if values else get(conn, device)


@translated()
def update(conn: Connection, device: str, values: Mapping[str, object]) -> Device:
    """Set columns of one device, for the modules of this package. Raises `NotFound`."""
    assignments = sql.SQL(", ").join(
        sql.SQL("{} = {}").format(sql.Identifier(column), sql.Placeholder(column)) for column in values
    )
    with conn.cursor(row_factory=class_row(Device)) as cursor:
        changed = cursor.execute(
            sql.SQL("UPDATE devices d SET {assignments} WHERE device = %(device)s RETURNING {columns}").format(
                assignments=assignments, columns=COLUMNS
            ),
            {**values, "device": device},
        ).fetchone()
    if changed is None:
        raise NotFound(f"there is no device {device}")
    return changed
