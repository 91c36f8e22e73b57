"""Register devices, list them, and give or take their credentials."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from vop.cli import _registry

if TYPE_CHECKING:
    from store.devices import DeviceSummary, Status

PAGE = 500
ALL_STATUSES = ("active", "suspended", "quarantined", "retired")


@click.group("devices")
def command() -> None:
    """Register devices, list them, and give or take their credentials.

    Secrets are printed to stdout, everything about them to stderr. They are shown once and not kept.
    """


def _as_json(value: object) -> None:
    import orjson

    click.echo(orjson.dumps(value, default=str).decode())


@command.command("add")
@click.argument("device")
@click.option("--product", required=True, help="Product of the catalogue.")
@click.option("--serial", help="Serial number.")
@click.option("--batch", help="Production batch.")
@click.option("--hardware", help="Hardware revision.")
@click.option("--customer", help="Id of the customer who owns it from now on.")
@click.option("--json", "json_", is_flag=True, help="Print the device and its secret as JSON.")
def add(
    device: str,
    product: str,
    serial: str | None,
    batch: str | None,
    hardware: str | None,
    customer: str | None,
    json_: bool,
) -> None:
    """Register DEVICE and print its secret, once."""
    from store import audit, devices, ownerships

    with _registry.opened() as conn:
        made, secret = devices.register(conn, device, product, serial=serial, batch=batch, hardware=hardware)
        if customer is not None:
            ownerships.hand_over(conn, made.device_id, customer)
        audit.write(conn, _registry.entry("device", "register", device, product=product, customer=customer))
    if json_:
        _as_json({"device": device, "product": product, "customer": customer, "secret": secret})
        return
    click.echo(f"{device} is registered; its secret is shown this once:", err=True)
    click.echo(secret)


@command.command("list")
@click.option("--product", help="Only of this product.")
@click.option("--customer", help="Only those this customer owns now.")
@click.option("--status", type=click.Choice([*ALL_STATUSES, "silent"]), help="Only with this status.")
@click.option("--q", help="Part of an id, a serial number, or the owner's id or name.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many.")
@click.option("--json", "json_", is_flag=True, help="One JSON object a line.")
def show(
    product: str | None,
    customer: str | None,
    status: Status | Literal["silent"] | None,
    q: str | None,
    limit: int | None,
    json_: bool,
) -> None:
    """List devices with their owner and presence, in order of id."""
    import catalog
    from store import devices

    products = catalog.load_from_environment(os.environ)
    left, after = limit, ""
    with _registry.opened() as conn:
        if not json_:
            _registry.row(
                "DEVICE", "PRODUCT", "SERIAL", "STATUS", "OWNER", "CONNECTED", "REPORTING", "HEALTHY", "LAST SEEN"
            )
        while left is None or left > 0:
            size = PAGE if left is None else min(PAGE, left)
            page = devices.search(
                conn, products, product=product, customer=customer, q=q, status=status, after=after, limit=size
            )
            for summary in page:
                _print(summary, json_)
            if len(page) < size:
                break
            after = page[-1].device.device
            left = None if left is None else left - len(page)


def _print(summary: DeviceSummary, json_: bool) -> None:
    device, presence = summary.device, summary.presence
    if json_:
        owner = summary.owner and dataclasses.asdict(summary.owner)
        _as_json({**dataclasses.asdict(device), "owner": owner, "presence": dataclasses.asdict(presence)})
        return
    words = {True: "yes", False: "no", None: "-"}
    _registry.row(
        device.device,
        device.product,
        device.serial,
        device.status if device.has_credentials or device.status != "active" else "revoked",
        summary.owner and summary.owner.customer,
        words[presence.connected],
        words[presence.reporting],
        words[presence.healthy],
        _registry.day(presence.last_seen),
    )


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--secrets",
    type=click.Path(path_type=Path),
    help="New file (0600) for the secrets; without it they go to stdout. Each line is DEVICE,SECRET.",
)
def import_(file: Path, secrets: Path | None) -> None:
    """Register the devices of FILE, a CSV with the columns device, product, and optionally serial, batch,
    hardware, customer.

    Wrong lines are named on stderr and stop no other; a second run of the same file changes nothing. Exit status 1
    if any line was refused.
    """
    from vop import device_list

    lines = device_list.read(file)
    with _registry.opened() as conn:
        counts = device_list.register(conn, lines, secrets, lambda name: _registry.entry("device", "register", name))
    said = ", ".join(f"{counts[outcome]} {outcome}" for outcome in ("registered", "unchanged", "refused"))
    click.echo(f"{file}: {said}", err=True)
    if counts["refused"]:
        raise SystemExit(1)


@command.command("revoke")
@click.argument("device", nargs=-1, required=True)
def revoke(device: tuple[str, ...]) -> None:
    """Take the credentials of each DEVICE: the broker disconnects it within about a second."""
    from store import audit, devices

    with _registry.opened() as conn:
        for name in device:
            devices.revoke(conn, name)
            audit.write(conn, _registry.entry("device", "revoke", name))
    click.echo(f"revoked: {' '.join(device)}", err=True)


@command.command("rotate")
@click.argument("device")
def rotate(device: str) -> None:
    """Give DEVICE a new secret in place of the old one, and print it, once."""
    from store import audit, devices

    with _registry.opened() as conn:
        _, secret = devices.rotate(conn, device)
        audit.write(conn, _registry.entry("device", "rotate", device))
    click.echo(f"{device} has a new secret, shown this once; the old one is refused:", err=True)
    click.echo(secret)


@command.command("status")
@click.argument("device")
@click.argument("status", type=click.Choice(ALL_STATUSES))
def status(device: str, status: Status) -> None:
    """Set the status of DEVICE: only an active one may connect, a retired one loses its credentials."""
    from store import audit, devices

    with _registry.opened() as conn:
        devices.set_status(conn, device, status)
        audit.write(conn, _registry.entry("device", "status", device, status=status))
    click.echo(f"{device} is {status}", err=True)
