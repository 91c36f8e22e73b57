"""Answers, closings and reopenings of a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from catalog.elements import Json
from catalog.model import Product
from store import cases, closings, statements
from store.cases import Case
from store.closings import Fix
from store.database import Connection
from store.errors import Conflict, InvalidValue
from voice.casework.figures import figures, opened_by

WATCHED_FOR: Final = timedelta(days=30)
"""A closed case is watched so long, and compared with as many days before it was opened."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """Why a case can be closed."""

    cause: str
    fix: Fix
    note: str | None = None
    faults: Sequence[str] | None = None
    """Of the product, to be watched for; None: those it reported in the 30 days before the case, or since."""
    private: bool = False
    """Cause and note are for the care team alone."""


def answer(conn: Connection, case_id: int, channel: str, *, waiting: bool, by: str, at: datetime, now: datetime) -> int:
    """The customer was answered at `at`; with `waiting` it is their turn now. Returns how many statements that answers.

    Raises `NotFound`, `Conflict` for a solved case that is to wait.
    """
    case = cases.locked(conn, case_id)
    if waiting and case.state == "solved":
        raise Conflict(f"case {case_id} is solved; reopen it first")
    if waiting:
        cases.set_state(conn, case_id, "waiting", now)
    answered = statements.answered(conn, case_id, at)
    cases.note(conn, case_id, "answered", by=by, at=at, detail={"channel": channel, "statements": answered})
    return answered


def close(
    conn: Connection, case_id: int, product: Product | None, resolution: Resolution, *, by: str, now: datetime
) -> None:
    """Solve the case; from now on it is watched. What waits for an answer counts as answered by it.

    Raises `NotFound`, `Conflict` for one that is solved, `InvalidValue` for a fault the product does not declare.
    """
    case = cases.locked(conn, case_id)
    if case.state == "solved":
        raise Conflict(f"case {case_id} is solved already")
    since = case.opened_at - WATCHED_FOR
    watched = _faults(conn, case, product, resolution.faults, since, now)
    closings.add(
        conn,
        case_id,
        closed_at=now,
        closed_by=by,
        cause=resolution.cause,
        fix=resolution.fix,
        note=resolution.note,
        private=resolution.private,
        faults=watched,
        before=figures(conn, case, product, since, case.opened_at, now),
        watch_until=now + WATCHED_FOR,
    )
    statements.answered(conn, case_id, now)
    cases.set_state(conn, case_id, "solved", now)
    cases.note(conn, case_id, "closed", by=by, at=now, detail={"fix": resolution.fix, "faults": list(watched)})


def _faults(
    conn: Connection, case: Case, product: Product | None, wanted: Sequence[str] | None, since: datetime, now: datetime
) -> Sequence[str]:
    declared = opened_by(product)
    if wanted is None:
        seen = figures(conn, case, product, since, now, now)["faults"]
        assert isinstance(seen, dict)
        return [fault for fault, times in seen.items() if times]
    unknown = sorted(set(wanted) - declared.keys())
    if unknown:
        known = ", ".join(sorted(declared)) or "none"
        raise InvalidValue(f"the product declares no fault {', '.join(unknown)}; it declares {known}")
    return sorted(set(wanted))


def reopen(conn: Connection, case_id: int, because: Mapping[str, Json], *, by: str, now: datetime) -> None:
    """Take the case up again and end its watch. `because` holds codes, no words. Raises `NotFound`, `Conflict`."""
    case = cases.get(conn, case_id)
    if case.state != "solved":
        raise Conflict(f"case {case_id} is not solved")
    for closing in closings.of(conn, [case_id]):
        closings.end(conn, closing.closing_id, now, because)
    cases.set_state(conn, case_id, "reopened", now)
    cases.note(conn, case_id, "reopened", by=by, at=now, detail=because)
