"""What a migration file says: `NNNN_name.sql`, applied once and never edited after its release.

A plain file is one transaction. A file with lines `-- step` is carried out step by step, each recorded, so that a run
that is killed goes on where it was and none holds a lock for longer than its own step:

    -- step             one transaction, recorded in it
    -- step repeated    one INSERT, UPDATE or DELETE, again and again until it changes no row; a transaction each time
    -- step alone       one statement that PostgreSQL refuses in a transaction: CREATE INDEX CONCURRENTLY IF NOT EXISTS
                        or DROP INDEX CONCURRENTLY IF EXISTS, which may be run twice

Two more lines may stand among the comments on top:

    -- works with: 0001       programs that know no migration above this one go on working, before and after
    -- space: SELECT ...      bytes of disk it will need, asked of the database before anything is done
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal, TypeAlias

from store.errors import SchemaError

Kind: TypeAlias = Literal["together", "repeated", "alone"]

_MARK: Final = re.compile(r"^-- step(?: (repeated|alone))?[ \t]*$", re.MULTILINE)
_WORKS_WITH: Final = re.compile(r"^-- works with: (\d{4})[ \t]*$", re.MULTILINE)
_SPACE: Final = re.compile(r"^-- space: (SELECT .+)$", re.MULTILINE)
_REPEATABLE: Final = re.compile(
    r"^(CREATE (?:UNIQUE )?INDEX CONCURRENTLY IF NOT EXISTS|DROP INDEX CONCURRENTLY IF EXISTS) ([a-z0-9_]+)\b"
)


@dataclass(frozen=True, slots=True)
class Step:
    """A part of a migration that is carried out and recorded by itself; numbered from 1."""

    number: int
    kind: Kind
    sql: str

    @property
    def index(self) -> str | None:
        """The index that it makes outside a transaction; None when it makes none."""
        match = _REPEATABLE.match(self.sql)
        return match[2] if match and match[1].startswith("CREATE") else None


@dataclass(frozen=True)
class Migration:
    """One file of `store/migrations`."""

    version: int
    name: str
    sql: str

    @property
    def title(self) -> str:
        """Number and name, as a person calls it."""
        return f"{self.version:04d} {self.name}"

    @property
    def sha256(self) -> str:
        """Of its text, in hex: an applied file may never change."""
        return hashlib.sha256(self.sql.encode()).hexdigest()

    @property
    def works_with(self) -> int | None:
        """The oldest schema whose programs go on working beside this one; None: only those that know this one."""
        match = _WORKS_WITH.search(self._head)
        return int(match[1]) if match else None

    @property
    def space(self) -> str | None:
        """A query for the bytes it will need."""
        match = _SPACE.search(self._head)
        return match[1].rstrip("; ") if match else None

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """In order; empty for a plain file. Raises `SchemaError` for a file that could not be resumed."""
        first, *parts = _MARK.split(self.sql)
        if not parts:
            return ()
        if _without_comments(first):
            raise SchemaError(f"migration {self.title}: statements before its first `-- step`; nothing was changed")
        kinds: list[Kind] = [_kind(word) for word in parts[0::2]]
        steps = tuple(
            Step(number, kind, _without_comments(text) if kind != "together" else text.strip())
            for number, (kind, text) in enumerate(zip(kinds, parts[1::2], strict=True), 1)
        )
        for step in steps:
            if step.kind == "alone" and not _REPEATABLE.match(step.sql):
                raise SchemaError(
                    f"migration {self.title}, step {step.number}: not a statement known to be harmless when run "
                    "twice; nothing was changed"
                )
        return steps

    @property
    def _head(self) -> str:
        """The comment lines on top."""
        lines = self.sql.lstrip().splitlines()
        end = next((n for n, line in enumerate(lines) if not line.startswith("--") or _MARK.match(line)), len(lines))
        return "\n".join(lines[:end])


def _kind(word: str | None) -> Kind:
    if word == "repeated":
        return "repeated"
    return "alone" if word == "alone" else "together"


def _without_comments(text: str) -> str:
    """Without whole-line comments, which is all that may stand around a single statement."""
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("--")).strip()
