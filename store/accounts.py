"""Broker accounts of devices, as the registry has them: the contents of Mosquitto's password and
ACL files.

Service accounts are not here: they belong to the broker's other listener, which devices never
reach.
"""

from __future__ import annotations

from store.database import Connection
from store.errors import translated
from store.notify import ACCOUNTS

_ACL = """\
# Rendered from the device registry: a change made here is lost.
# %u is the user name, which is the device id.
pattern write vop/v1/%u/up/#
pattern read vop/v1/%u/down/#
"""


def changed(conn: Connection) -> None:
    """Announce, when the transaction commits, that accounts are to be rendered again."""
    conn.execute("SELECT pg_notify(%s, '')", (ACCOUNTS,))


@translated()
def password_lines(conn: Connection) -> list[str]:
    """`device:$7$...` of every device that may connect (active, with credentials), in order of
    device id.
    """
    rows = conn.execute(
        """SELECT device || ':' || mqtt_password FROM devices
           WHERE status = 'active' AND mqtt_password IS NOT NULL ORDER BY device COLLATE "C" """
    )
    return [row[0] for row in rows]


def password_text(conn: Connection) -> str:
    """The whole password file."""
    return "".join(f"{line}\n" for line in password_lines(conn))


def acl_text() -> str:
    """The whole ACL file of the device listener: each device its own topics, each one way."""
    return _ACL
