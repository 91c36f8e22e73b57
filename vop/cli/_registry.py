"""What the registry's commands share: a connection by the environment, and who is acting."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

if TYPE_CHECKING:
    from catalog.elements import Json
    from store.audit import Entry
    from store.database import Connection

ANSWER_WITHIN_S = 60.0
"""A server silent for longer is frozen: no statement of these commands takes nearly as long."""


def database_url() -> str:
    """`VOP_DATABASE_URL`, or what the file `VOP_DATABASE_URL_FILE` holds; "" leaves all to the `PG*` variables."""
    url, path = os.environ.get("VOP_DATABASE_URL", ""), os.environ.get("VOP_DATABASE_URL_FILE")
    if not path:
        return url
    if url:
        raise click.UsageError("both VOP_DATABASE_URL and VOP_DATABASE_URL_FILE are set; keep one")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise click.UsageError(f"VOP_DATABASE_URL_FILE: {path} cannot be read ({error.strerror})") from error


@contextmanager
def opened() -> Iterator[Connection]:
    """A connection to an up-to-date database, committed at the end and rolled back on an error."""
    from store.database import connect
    from store.errors import translated
    from store.migrate import require_current

    with translated(), connect(database_url(), answer_within_s=ANSWER_WITHIN_S) as conn:
        require_current(conn)
        yield conn


def entry(noun: str, verb: str, named: str, **detail: Json) -> Entry:
    """The audit entry of a command `vop NOUNs ...` on the object `named`, with the account that ran it."""
    from store.audit import Entry

    try:
        account = getpass.getuser()
    except (KeyError, OSError):  # a container's user id need not have a name
        account = f"uid {os.getuid()}"
    return Entry(f"system:vop-{noun}s", f"{noun}.{verb}", noun, named, detail={"account": account, **detail})


def day(moment: datetime | None) -> str:
    """A time as a list shows it, to the minute in UTC; `-` for none."""
    return "-" if moment is None else f"{moment:%Y-%m-%d %H:%M}Z"


def row(*cells: object) -> None:
    """One tab-separated line on stdout."""
    click.echo("\t".join("-" if cell is None else str(cell) for cell in cells))


def fail(message: str) -> NoReturn:
    """End with exit status 1 and one line on stderr."""
    click.echo(f"vop: {message}", err=True)
    raise SystemExit(1)
