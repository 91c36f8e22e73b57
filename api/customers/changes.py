"""From what is in force to what is wanted: consents and care teams are kept as spans, and set as a whole."""

from __future__ import annotations

from collections.abc import Set
from datetime import datetime

from api.access import CARE_ROLES
from api.errors import BadInput
from store import care, consents, users
from store.database import Connection
from store.errors import NotFound
from store.users import User


def consent_to(conn: Connection, customer_id: int, purposes: Set[str], now: datetime) -> None:
    """Have exactly `purposes` consented to from `now` on."""
    running = {c.purpose for c in consents.listing(conn, customer_id) if c.until is None}
    for purpose in sorted(running - purposes):
        consents.withdraw(conn, customer_id, purpose, at=now)
    for purpose in sorted(purposes - running):
        consents.give(conn, customer_id, purpose, at=now)


def care_by(conn: Connection, customer_id: int, names: Set[str], now: datetime) -> None:
    """Have exactly the users `names` on the care team from `now` on.

    Raises `BadInput` for a user who does not exist or has no role that gives care.
    """
    running = {m.user: m.user_id for m in care.members(conn, customer_id) if m.until is None or m.until > now}
    for name in sorted(running.keys() - names):
        care.leave(conn, running[name], customer_id, at=now)
    for name in sorted(names - running.keys()):
        care.join(conn, _carer(conn, name).user_id, customer_id, since=now)


def _carer(conn: Connection, name: str) -> User:
    try:
        user = users.get(conn, name)
    except NotFound as error:
        raise BadInput(f"members: {error}") from error
    if not CARE_ROLES.intersection(user.roles):
        raise BadInput(f"members: {name} is neither clinician nor carer; give the role first")
    return user
