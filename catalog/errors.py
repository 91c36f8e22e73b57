"""What can go wrong with the catalogue.

CatalogError
├── CatalogUnreadable    a file or directory is not there or cannot be read
└── InvalidCatalog       files were read and break the rules; carries every `Problem` found
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong with one product file, for the person who wrote it."""

    file: Path
    key: str
    """Where: a path such as `signal[3].unit (battery_pct)`, `line 7`, or "" for the whole file."""
    wrong: str
    allowed: str
    """What would be right; "" where `wrong` already says it."""

    def __str__(self) -> str:
        where = f"{self.file}: {self.key}: " if self.key else f"{self.file}: "
        return where + self.wrong + (f"; allowed: {self.allowed}" if self.allowed else "")


class CatalogError(Exception):
    """Root of this package's errors."""


class CatalogUnreadable(CatalogError):
    """A product file or the directory of a company's own files cannot be read."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class InvalidCatalog(CatalogError):
    """Product files break the rules."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)
