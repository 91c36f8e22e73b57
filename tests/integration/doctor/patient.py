"""A platform to be broken, and what the doctor then says of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import catalog
from store.diagnosis.finding import Finding, Level
from store.health import server as server_facts
from vop.doctor import QUESTION_MS, examine
from vop.doctor.surroundings import Surroundings

CATALOG = catalog.load()


def say(database: str, *modules: object, around: Surroundings | None = None) -> dict[str, Finding]:
    """Findings of these modules' checks of a database, by name."""
    around = around or Surroundings(database, catalog=CATALOG)
    with server_facts.look(database, QUESTION_MS) as conn:
        checks = [check for module in modules for check in module.CHECKS]  # type: ignore[attr-defined]
        return {name: look(conn, around.catalog) for name, look in checks}


def everything(around: Surroundings) -> dict[str, Finding]:
    """Every finding, by name."""
    found = examine(around)
    assert len({one.name for one in found}) == len(found)
    return {one.name: one for one in found}


@dataclass(frozen=True)
class Words:
    """What a finding must hold."""

    level: Level
    what: str
    do: str = ""


def check(found: Finding, level: Level, what: str, do: str = "") -> None:
    """A finding of this level whose sentences hold these words."""
    assert found.level == level, found
    assert what in found.what, found
    assert do in found.do, found
    assert bool(found.do) == (found.level != "ok"), found


def not_ok(found: Sequence[Finding]) -> list[str]:
    """What there is to say."""
    return [f"{one.name}: {one.what}" for one in found if one.level != "ok"]
