"""The order of what devices say of their own presence.

A last will travels on its own and may overtake, or be overtaken by, the state of the next
connection. Devices therefore number their connections within a boot, and the platform keeps the
highest (boot, conn) it has seen; of one connection offline is final.
"""

from __future__ import annotations

from typing import TypeAlias

from catalog.elements import State

PresenceOrder: TypeAlias = tuple[int, int, int]


def order(boot: int, conn: int, online: bool) -> PresenceOrder:
    """A key that sorts presence as it happened: by boot, by connection, offline after online."""
    return boot, conn, 0 if online else 1


def supersedes(new: State, old: State) -> bool:
    """Whether `new` replaces `old`. Equals do: a device may report again within a connection."""
    return order(new.boot, new.conn, new.online) >= order(old.boot, old.conn, old.online)
