"""Who and what a demo has: customers and their devices, and somebody of every role with a token.

Everything is made where it is missing and left alone where it is there, so that each start may run it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import cast

from device_sim import Fleet
from store import audit, care, customers, devices, ownerships, tokens, users
from store.audit import Entry
from store.customers import Calendar, Language
from store.database import Connection
from store.devices import NewDevice
from store.errors import NotFound
from store.ownerships import Span
from vop.demo.errors import DemoError
from vop.demo.memory import Account, Secrets

ACTOR = "system:vop-demo"
OWNED_BEFORE = timedelta(days=1)
"""Ownerships begin so long before the history: a device's clock may be a little slow."""
LABEL = "vop demo"
SENSITIVE_PRODUCT = "pill_dispenser"


def populate(conn: Connection, fleet: Fleet, since: datetime, known: Secrets) -> tuple[dict[str, str], list[Account]]:
    """Bring the registry to the fleet; returns a token for each role, and every device with its password.

    `since` is the beginning of the history. Secrets in `known` that still hold are kept, others issued anew. The
    caller commits, after it has put the secrets where they cannot be lost.
    """
    _customers(conn, fleet)
    passwords = _devices(conn, fleet, since - OWNED_BEFORE, known.passwords)
    issued = {role: _token(conn, role, known.tokens.get(role)) for role in users.ROLES}
    _care_teams(conn, fleet, since - OWNED_BEFORE)
    accounts = [Account(d.device, passwords[d.device], d.product, d.customer) for d in fleet.devices]
    return issued, accounts


def _customers(conn: Connection, fleet: Fleet) -> None:
    there = customers.by_ids(conn, [person.customer for person in fleet.customers])
    for person in fleet.customers:
        if person.customer in there:
            continue
        customers.create(
            conn,
            person.customer,
            person.name,
            zone=person.zone,
            language=cast(Language, person.language),
            calendar=cast(Calendar, person.calendar),
            week_start=person.week_start,
            weekend=person.weekend,
        )
        audit.write(conn, Entry(ACTOR, "customer.create", "customer", person.customer, customer=person.customer))


def _devices(conn: Connection, fleet: Fleet, owned_since: datetime, known: Mapping[str, str]) -> dict[str, str]:
    """Register what is missing; returns every device's password."""
    lines = [NewDevice(d.device, d.product, d.serial, d.batch, d.hardware) for d in fleet.devices]
    passwords: dict[str, str] = {}
    for line, owner, result in zip(lines, fleet.devices, devices.register_many(conn, lines), strict=True):
        if result.problem is not None:
            raise DemoError(f"device {line.device} cannot be registered: {result.problem}; start with --fresh")
        if result.secret is not None:
            device_id = devices.get(conn, line.device).device_id
            ownerships.set_history(conn, device_id, [Span(owner.customer, owned_since, zone=owner.zone)])
            audit.write(conn, Entry(ACTOR, "device.register", "device", line.device, customer=owner.customer))
            passwords[line.device] = result.secret
        else:
            passwords[line.device] = _password(conn, line.device, known.get(line.device))
    return passwords


def _password(conn: Connection, device: str, known: str | None) -> str:
    """The password it has, if we still know it; else a new one."""
    if known is not None and devices.authenticate(conn, device, known) is not None:
        return known
    _, secret = devices.rotate(conn, device)
    audit.write(conn, Entry(ACTOR, "device.rotate", "device", device))
    return secret


def user_name(role: str) -> str:
    """How the demo's user with this role is called."""
    return f"demo-{role}"


def _token(conn: Connection, role: str, known: str | None) -> str:
    """A token of the user with this role, who is made if need be."""
    name = user_name(role)
    try:
        user = users.get(conn, name)
    except NotFound:
        user = users.create(conn, name, f"Demo {role}", [role])
        audit.write(conn, Entry(ACTOR, "user.create", "user", name, detail={"roles": [role]}))
    if known is not None:
        principal = tokens.principal_of(conn, known)
        if principal is not None and principal.user == name:
            return known
    token, secret = tokens.issue(conn, user.user_id, LABEL)
    audit.write(conn, Entry(ACTOR, "token.issue", "token", str(token.token_id), detail={"user": name}))
    return secret


def _care_teams(conn: Connection, fleet: Fleet, since: datetime) -> None:
    """The clinician looks after everyone with a dispenser, the carer after the first of them alone."""
    patients = _owners(fleet, SENSITIVE_PRODUCT)
    teams = {"clinician": patients, "carer": patients[:1]}
    rows = customers.by_ids(conn, patients)
    for role, cared_for in teams.items():
        user = users.get(conn, user_name(role))
        there = care.customers_of(conn, user.user_id, since)
        for customer in cared_for:
            if rows[customer].customer_id in there:
                continue
            care.join(conn, user.user_id, rows[customer].customer_id, since=since)
            audit.write(
                conn,
                Entry(ACTOR, "care_team.join", "customer", customer, customer=customer, detail={"user": user.name}),
            )


def _owners(fleet: Fleet, product: str) -> Sequence[str]:
    return list(dict.fromkeys(device.customer for device in fleet.devices if device.product == product))
