"""Many devices at once: what a factory or a warehouse hands over. A second run of the same list
changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from store import accounts, customers, secrets
from store.database import Connection
from store.devices.identity import checked_id, checked_text
from store.errors import InvalidValue, translated


@dataclass(frozen=True, slots=True)
class NewDevice:
    """One line of a list. What is None is not stated."""

    device: str
    product: str
    serial: str | None = None
    batch: str | None = None
    hardware: str | None = None
    customer: str | None = None
    """Id of the customer who owns it from now on."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of one line."""

    device: str
    outcome: Literal["registered", "unchanged", "refused"]
    secret: str | None = None
    """Of a registered one. It is not kept and cannot be shown again."""
    problem: str | None = None
    """Of a refused one: what is wrong and what to do."""


@translated()
def register_many(conn: Connection, lines: Sequence[NewDevice]) -> list[Imported]:
    """Register what is new, leave what is registered the same way, refuse the rest; one result a
    line, in order.

    A refused line stops no other. A few hundred lines a call keep transactions short.
    """
    products = {row[0] for row in conn.execute("SELECT product FROM products")}
    owners = customers.by_ids(
        conn,
        sorted({line.customer for line in lines if line.customer and "\0" not in line.customer}),
    )
    results: list[Imported | None] = [None] * len(lines)
    wanted: dict[str, NewDevice] = {}
    for number, line in enumerate(lines):
        try:
            checked = _checked(line)
        except InvalidValue as error:
            results[number] = Imported(line.device, "refused", problem=str(error))
            continue
        if checked.product not in products:
            known = ", ".join(sorted(products))
            problem = f"there is no product {checked.product!r}; products are {known}"
        elif checked.customer is not None and checked.customer not in owners:
            problem = f"there is no customer {checked.customer}; create the customer first"
        else:
            wanted.setdefault(checked.device, checked)
            continue
        results[number] = Imported(checked.device, "refused", problem=problem)
    issued = _insert(conn, list(wanted.values()), {key: owner.customer_id for key, owner in owners.items()})
    existing = _existing(conn, list(wanted))
    for number, line in enumerate(lines):
        if results[number] is None:
            results[number] = _result(_checked(line), issued, existing)
    return [result for result in results if result is not None]


def _checked(line: NewDevice) -> NewDevice:
    return NewDevice(
        checked_id(line.device.strip()),
        line.product.strip(),
        checked_text("serial", line.serial),
        checked_text("batch", line.batch),
        checked_text("hardware", line.hardware),
        checked_text("customer", line.customer),
    )


def _insert(conn: Connection, lines: list[NewDevice], owners: dict[str, int]) -> dict[str, str]:
    """Insert the lines whose ids are free; return their secrets, to be taken out by `_result`."""
    made = {line.device: secrets.new_secret() for line in lines}
    rows = conn.execute(
        """INSERT INTO devices
               (device, product, serial, batch, hardware, secret_sha256, mqtt_password, secret_at)
           SELECT *, now() FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[],
                                       %s::bytea[], %s::text[])
           ON CONFLICT (device) DO NOTHING RETURNING device_id, device""",
        (
            [line.device for line in lines],
            [line.product for line in lines],
            [line.serial for line in lines],
            [line.batch for line in lines],
            [line.hardware for line in lines],
            [secrets.sha256(made[line.device]) for line in lines],
            [secrets.mosquitto_line(made[line.device]) for line in lines],
        ),
    ).fetchall()
    ids = {device: device_id for device_id, device in rows}
    owned = [(ids[line.device], owners[line.customer]) for line in lines if line.device in ids and line.customer]
    conn.execute(
        """INSERT INTO ownerships (device_id, customer_id, zone, during)
           SELECT n.device_id, n.customer_id, c.zone, tstzrange(now(), NULL)
           FROM unnest(%s::int[], %s::int[]) AS n (device_id, customer_id)
           JOIN customers c USING (customer_id)""",
        ([device_id for device_id, _ in owned], [customer_id for _, customer_id in owned]),
    )
    if ids:
        accounts.changed(conn)
    return {device: made[device] for device in ids}


def _existing(conn: Connection, devices: list[str]) -> dict[str, NewDevice]:
    rows = conn.execute(
        """SELECT d.device, d.product, d.serial, d.batch, d.hardware, c.customer FROM devices d
           LEFT JOIN ownerships o ON o.device_id = d.device_id AND o.during @> now()
           LEFT JOIN customers c USING (customer_id) WHERE d.device = ANY(%s)""",
        (devices,),
    )
    return {row[0]: NewDevice(*row) for row in rows}


def _result(line: NewDevice, issued: dict[str, str], existing: dict[str, NewDevice]) -> Imported:
    known = existing[line.device]
    for what in ("product", "serial", "batch", "hardware", "customer"):
        stated, kept = getattr(line, what), getattr(known, what)
        if stated is not None and stated != kept:
            return Imported(
                line.device,
                "refused",
                problem=f"it is registered with {what} {kept or 'not set'}, not {stated}; "
                "correct the line, or the registry first",
            )
    secret = issued.pop(line.device, None)
    return Imported(line.device, "unchanged" if secret is None else "registered", secret)
