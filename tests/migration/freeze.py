"""Freeze a release's schema and some data in it, for every later release to be upgraded from.

`python -m tests.migration.freeze`, with the program of the release, before it goes out: once for plain PostgreSQL and
once with `VOP_TEST_PG_PRELOAD=timescaledb` and a PostgreSQL that has it. It makes `releases/NNNN`, NNNN being the
schema's number. What lies there is never written again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import psycopg
from psycopg import ClientCursor, sql

import catalog
from store import migrate as program
from store.database import connect
from store.intake import Arrival, Intake
from tests.migration.said import FILL, Message, messages
from tests.platform_services import embedded_server
from wire import topics
from wire.decode import decode

RELEASES = Path(__file__).parent / "releases"
NO_RETENTION_MS = 0
"""Every `ts` is usable: what is frozen grows old."""
QUIET = ("SELECT PG_ADVISORY", "SET ", "BEGIN", "COMMIT")


class Recorder(ClientCursor[Any]):
    """Writes down what changes a database, with its values in it."""

    statements: list[str]

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        """As psycopg's."""
        text = self.mogrify(query, params) if params is not None else _text(query, self.connection)
        bare = text.strip()
        asks = bare.upper().startswith("SELECT") and "create_hypertable" not in bare
        if not asks and not bare.upper().startswith(QUIET):
            self.statements.append(bare.rstrip(";"))
        return super().execute(query, params, **options)


def _text(query: Any, conn: Any) -> str:
    if isinstance(query, bytes):
        return query.decode()
    return query if isinstance(query, str) else str(query.as_string(conn))


@contextmanager
def recording(into: list[str]) -> Iterator[None]:
    """While it lasts, `migrate` writes its statements down."""

    def recorded(url: str, **options: Any) -> Any:
        conn = connect(url, **options)
        conn.cursor_factory = type("Recording", (Recorder,), {"statements": into})
        return conn

    program.connect, kept = recorded, program.connect  # type: ignore[attr-defined]
    try:
        yield
    finally:
        program.connect = kept  # type: ignore[attr-defined]


def arrivals(conn: psycopg.Connection[Any], said: list[Message]) -> Iterator[Arrival]:
    """The messages, decoded by this program."""
    products = catalog.load()
    known = {
        device: (number, product)
        for device, number, product in conn.execute("SELECT device, device_id, product FROM devices")
    }
    for message in said:
        topic = topics.parse(message.topic)
        number, product = known[topic.device]
        payload = message.payload.encode()
        found = decode(
            topic.channel, payload, products[product],
            arrived_at_ms=message.arrived_at_ms, oldest_ts_ms=NO_RETENTION_MS,
        )  # fmt: skip
        yield Arrival(
            message.topic, payload, message.arrived_at_ms, number, product, list(found.elements), list(found.rejects)
        )


def tell(conn: psycopg.Connection[Any], said: list[Message]) -> None:
    """Store the messages, one a transaction, as they came. `conn` commits by itself."""
    intake = Intake(catalog.load())
    for arrival in list(arrivals(conn, said)):
        intake.write(conn, [arrival])


def tables(conn: psycopg.Connection[Any]) -> list[str]:
    """Those of the platform that the migration does not fill, referred-to ones first."""
    names = [
        row[0]
        for row in conn.execute(
            """SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
               AND c.relkind IN ('r', 'p') AND NOT c.relispartition
               AND c.relname NOT IN ('products', 'product_signals') AND c.relname NOT LIKE 'schema_migration%'
               ORDER BY 1"""
        )
    ]
    refers = conn.execute(
        "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint WHERE contype = 'f'"
    ).fetchall()
    ordered: list[str] = []
    while len(ordered) < len(names):
        ordered += [
            name
            for name in names
            if name not in ordered
            and all(to in ordered or to == name or to not in names for of, to in refers if of == name)
        ]
    return ordered


def rows(conn: psycopg.Connection[Any], table: str, columns: list[str]) -> list[str]:
    """A table's rows as COPY writes them, in the order of their text."""
    listed = sql.SQL(", ").join(map(sql.Identifier, columns))
    copy = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT").format(listed, sql.Identifier(table))
    with conn.cursor().copy(copy) as stream:
        text = b"".join(bytes(block) for block in stream).decode()
    return sorted(text.splitlines())


def columns_of(conn: psycopg.Connection[Any], table: str) -> list[str]:
    """A table's columns, in order, without generated ones."""
    found = conn.execute(
        """SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
           AND attgenerated = '' ORDER BY attnum""",
        (table,),
    )
    return [row[0] for row in found]


def freeze(url: str, releases: Path) -> None:
    """Write recipe and, unless they are there, messages and rows into the folder of this program's schema."""
    recipe: list[str] = []
    with recording(recipe):
        applied = program.migrate(url, catalog.load())
    with connect(url, application="vop freeze", autocommit=True) as conn:
        hypertables = conn.execute("SELECT 1 FROM pg_extension WHERE extname = 'timescaledb'").fetchone()
        conn.execute(FILL)
        said = list(messages())
        tell(conn, said)
        data: list[str] = []
        for table in tables(conn):
            columns = columns_of(conn, table)
            found = rows(conn, table, columns)
            if not found:
                raise SystemExit(f"nothing fills {table}: tests/migration/said.py must, before this release is frozen")
            data += [f"COPY {table} ({', '.join(columns)}) FROM stdin;", *found, "\\."]
    folder = releases / f"{applied.version:04d}"
    folder.mkdir(parents=True, exist_ok=True)
    kind = "timescaledb" if hypertables else "plain"
    _write_once(folder / f"{kind}.sql", "\n;;\n".join(recipe))
    if not (folder / "rows.txt").exists():
        _write_once(folder / "rows.txt", "\n".join(data))
        _write_once(folder / "messages.jsonl", "\n".join(json.dumps(asdict(m), ensure_ascii=False) for m in said))
        hashes = {f"{m.version:04d}_{m.name}.sql": m.sha256 for m in program.files()}
        _write_once(folder / "migrations.json", json.dumps({"schema": applied.version, "files": hashes}, indent=2))


def _write_once(path: Path, text: str) -> None:
    with path.open("x", encoding="utf-8") as file:
        file.write(text + "\n")


if __name__ == "__main__":
    with embedded_server() as server:
        freeze(server.url(), RELEASES)
