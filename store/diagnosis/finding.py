"""What a check found, in words a person can act on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Level: TypeAlias = Literal["ok", "warn", "fail", "unknown"]

WORST_FIRST: Final[tuple[Level, ...]] = ("fail", "warn", "unknown", "ok")


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's answer. Nothing in it is secret or personal."""

    name: str
    """`place.subject`, stable: `broker.dropped`."""
    level: Level
    """fail: data is, or soon will be, lost or out of reach. warn: it may come to that. unknown: it is out of sight."""
    what: str
    """One sentence."""
    do: str = ""
    """One sentence; empty when there is nothing to do."""


def ok(name: str, what: str) -> Finding:
    """All is well."""
    return Finding(name, "ok", what)


def warn(name: str, what: str, do: str) -> Finding:
    """It goes on, for now."""
    return Finding(name, "warn", what, do)


def fail(name: str, what: str, do: str) -> Finding:
    """Something does not work, or data is at risk."""
    return Finding(name, "fail", what, do)


def unknown(name: str, what: str, do: str) -> Finding:
    """It could not be looked at from here."""
    return Finding(name, "unknown", what, do)
