"""A file of statements out of another system, kept in pieces with progress."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import Progress

from catalog.model import Product
from store import audit
from store.audit import Entry
from store.database import Connection
from voice.compare import Thresholds
from voice.errors import BadFile
from voice.statements import files
from voice.statements.files import Form, Row
from voice.statements.importing import keep

CHUNK: Final = 100
"""Rows a transaction."""
FORMS: Final[Mapping[str, Form]] = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}


def read(path: Path) -> Iterator[Row]:
    """The rows of a file, whose name says of which form it is. Raises `BadFile`."""
    form = FORMS.get(path.suffix.lower())
    if form is None:
        raise BadFile(f"{path}: its name ends in none of {', '.join(FORMS)}")
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            yield from files.rows(lines, form)
    except BadFile as error:
        raise BadFile(f"{path}: {error}") from error
    except UnicodeDecodeError as error:
        raise BadFile(f"{path} is not UTF-8; save it as UTF-8") from error
    except OSError as error:
        raise BadFile(f"{path} cannot be read ({error.strerror})") from error


def keep_all(
    conn: Connection,
    catalog: Mapping[str, Product],
    rows: Iterable[Row],
    thresholds: Thresholds,
    *,
    by: str,
    entry: Callable[[str, str], Entry],
) -> Counter[str]:
    """Keep the rows; returns how many were kept, unchanged and refused. Refused ones are named on stderr.

    A hundred rows are a transaction: a run that dies is repeated, and rows that carry a `ref` are kept once.
    """
    counts: Counter[str] = Counter()
    console = Console(stderr=True)
    waiting = iter(rows)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("keeping", total=None)
        while chunk := list(islice(waiting, CHUNK)):
            for result in keep(conn, catalog, chunk, thresholds, by=by, now=datetime.now(UTC)):
                counts[result.outcome] += 1
                if result.problem is not None:
                    console.print(
                        f"line {result.number}: {result.problem}", markup=False, highlight=False, soft_wrap=True
                    )
                elif result.outcome == "kept" and result.taken is not None:
                    audit.write(conn, entry(str(result.taken.statement_id), result.taken.customer))
            conn.commit()
            progress.advance(task, len(chunk))
    return counts
