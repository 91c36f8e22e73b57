"""What we forbid as a column's name is what PostgreSQL forbids."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import psycopg
import pytest
from psycopg import sql

import catalog
from catalog.columns import SQL_KEYWORDS, SYSTEM_COLUMNS


class Server(Protocol):
    def url(self, dbname: str) -> str: ...


@pytest.fixture
def connection(pg_server: Server) -> Iterator[psycopg.Connection]:
    with psycopg.connect(pg_server.url("postgres"), autocommit=True) as connection:
        yield connection


def test_every_reserved_word_of_the_server_is_refused(connection: psycopg.Connection) -> None:
    words = connection.execute("SELECT word FROM pg_get_keywords() WHERE catcode IN ('R', 'T')")
    assert {word for (word,) in words} <= SQL_KEYWORDS


def test_system_columns_are_those_of_the_server(connection: psycopg.Connection) -> None:
    columns = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = 'pg_class'::regclass AND attnum < 0"
    )
    assert {name for (name,) in columns} == SYSTEM_COLUMNS


def test_every_signal_is_a_column_without_quotes(connection: psycopg.Connection) -> None:
    """A person at psql should not have to quote a column."""
    for product in catalog.load().values():
        columns = ", ".join(f"{signal.key} int" for signal in product.signal)
        with connection.transaction(force_rollback=True):
            connection.execute(sql.SQL("CREATE TEMP TABLE t ({})").format(sql.SQL(columns)))
