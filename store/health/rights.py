"""What the services' roles may do, tried on the few rights that show whether all were given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from store.database import Connection
from store.errors import translated

_NEEDED: Final = {
    "vop_ingest": ("INSERT", ("events", "latest", "dead_letters", "ingest_slots")),
    "vop_api": ("INSERT", ("events", "latest", "audit", "devices")),
    "vop_relay": ("UPDATE", ("jobs", "silences", "latest")),
    "vop_accounts": ("SELECT", ("schema_migrations",)),
}
_TELEMETRY: Final = {"vop_ingest": "INSERT", "vop_api": "INSERT", "vop_relay": "SELECT"}
_FORBIDDEN: Final = (
    ("vop_api", "audit", "UPDATE"),
    ("vop_api", "audit", "DELETE"),
    ("vop_ingest", "users", "SELECT"),
    ("vop_grafana", "users", "SELECT"),
    ("vop_grafana", "customers", "SELECT"),
    ("vop_grafana", "events", "SELECT"),
)


def lacking(conn: Connection, telemetry: Sequence[str]) -> list[str]:
    """`ROLE: VERB on TABLE`, for roles that exist and tables that are there."""
    asked = [(role, table, verb) for role, (verb, tables) in _NEEDED.items() for table in tables]
    asked += [(role, table, verb) for role, verb in _TELEMETRY.items() for table in telemetry]
    return [words for words, has in _asked(conn, asked) if not has]


def excessive(conn: Connection) -> list[str]:
    """The same for what they must not; and `ROLE: superuser`."""
    found = [words for words, has in _asked(conn, _FORBIDDEN) if has]
    with translated():
        rows = conn.execute(
            "SELECT rolname FROM pg_roles WHERE rolsuper AND rolname = ANY(%s) ORDER BY 1", (list(_NEEDED),)
        )
        return found + [f"{row[0]}: superuser" for row in rows]


def _asked(conn: Connection, asked: Sequence[tuple[str, str, str]]) -> list[tuple[str, bool]]:
    roles, tables, verbs = (list(column) for column in zip(*asked, strict=True))
    with translated():
        return conn.execute(
            """SELECT format('%%s: %%s on %%s', r.rolname, v, t), has_table_privilege(r.rolname, c.oid, v)
               FROM unnest(%s::text[], %s::text[], %s::text[]) AS u (role, t, v)
               JOIN pg_roles r ON r.rolname = u.role
               JOIN pg_class c ON c.relname = t AND c.relnamespace = 'public'::regnamespace
               WHERE NOT r.rolsuper ORDER BY 1""",
            (roles, tables, verbs),
        ).fetchall()
