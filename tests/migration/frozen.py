"""The releases as they were: what `freeze.py` wrote, made into a database again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from store.database import Connection
from tests.migration.said import Message

RELEASES = Path(__file__).parent / "releases"


@dataclass(frozen=True)
class Release:
    """The folder of one release."""

    folder: Path

    @property
    def schema(self) -> int:
        return int(self.folder.name)

    @property
    def hashes(self) -> dict[str, str]:
        """SHA-256 of its migration files, by name."""
        read: dict[str, str] = json.loads((self.folder / "migrations.json").read_text(encoding="utf-8"))["files"]
        return read

    def recipe(self, *, hypertables: bool) -> list[str]:
        """The statements by which it made its schema."""
        path = self.folder / ("timescaledb.sql" if hypertables else "plain.sql")
        return path.read_text(encoding="utf-8").split("\n;;\n")

    def rows(self) -> Iterator[tuple[str, list[str], list[str]]]:
        """(table, columns, rows as COPY writes them), referred-to tables first."""
        lines = iter((self.folder / "rows.txt").read_text(encoding="utf-8").split("\n"))
        for line in lines:
            if line.startswith("COPY "):
                table, _, listed = line.removeprefix("COPY ").removesuffix(") FROM stdin;").partition(" (")
                yield table, listed.split(", "), list(iter(lambda: next(lines), "\\."))

    def messages(self) -> list[Message]:
        """What its devices had said."""
        lines = (self.folder / "messages.jsonl").read_text(encoding="utf-8").splitlines()
        return [Message(**json.loads(line)) for line in lines]

    def make(self, url: str) -> None:
        """Make its schema and fill it, in an empty database."""
        with psycopg.connect(url, autocommit=True, options="-c timezone=UTC") as conn:
            for statement in self.recipe(hypertables=has_timescaledb(conn)):
                conn.execute(statement.encode())
            for table, columns, rows in self.rows():
                copy = sql.SQL("COPY {} ({}) FROM stdin").format(
                    sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
                )
                with conn.cursor().copy(copy) as stream:
                    stream.write("".join(f"{row}\n" for row in rows).encode())
            for table, column in conn.execute(
                "SELECT attrelid::regclass::text, attname FROM pg_attribute WHERE attidentity <> '' AND attnum > 0 "
                "AND attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)"
            ).fetchall():
                conn.execute(
                    sql.SQL("SELECT setval(pg_get_serial_sequence({}, {}), max({}) + 1) FROM {}").format(
                        sql.Literal(table), sql.Literal(column), sql.Identifier(column), sql.Identifier(table)
                    )
                )


def has_timescaledb(conn: Connection) -> bool:
    """Whether the server would make hypertables: the extension is there and preloaded."""
    row = conn.execute("SELECT current_setting('shared_preload_libraries')").fetchone()
    return row is not None and "timescaledb" in row[0]


def releases() -> list[Release]:
    """All of them, oldest first."""
    return [Release(folder) for folder in sorted(RELEASES.iterdir()) if folder.is_dir()]
