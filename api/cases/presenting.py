"""From what is kept of a case to what its reader is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from api.cases import schemas
from api.devices.schemas import Presence
from api.reach import Reach
from api.statements import presenting as saying
from catalog.elements import Json
from store import cases, closings, devices, promises, statements
from store.cases import Case, Step
from store.closings import Closing
from store.promises import Promise

MAX_STATEMENTS = 100


def summaries(reach: Reach, rows: Sequence[Case]) -> list[schemas.CaseSummary]:
    """Cases of a list."""
    ids = [row.case_id for row in rows]
    promised = promises.of(reach.visit.conn, ids)
    closed = closings.of(reach.visit.conn, ids)
    return [
        schemas.CaseSummary(
            **_head(
                reach,
                row,
                [one for one in promised if one.case_id == row.case_id],
                [one for one in closed if one.case_id == row.case_id],
            )
        )
        for row in rows
    ]


def _head(reach: Reach, row: Case, promised: Sequence[Promise], closed: Sequence[Closing]) -> dict[str, Any]:
    waiting = [one for one in promised if one.kept_at is None]
    watched = [one.watch_until for one in closed if one.ended_at is None]
    return {
        "case": row.case_id,
        "customer": row.customer,
        "customer_name": row.name if reach.named(row.customer_id) else None,
        "device": row.device,
        "product": row.product,
        "state": row.state,
        "opened_at": row.opened_at,
        "changed_at": row.changed_at,
        "promise_due": min((one.due_at for one in waiting if one.broken_at is None), default=None),
        "promises_broken": sum(one.broken_at is not None for one in waiting),
        "watch_until": watched[-1] if watched else None,
    }


def detail(reach: Reach, row: Case) -> schemas.Case:
    """A case with everything about it that its reader may see."""
    conn = reach.visit.conn
    promised, closed = promises.of(conn, [row.case_id]), closings.of(conn, [row.case_id])
    product = reach.visit.catalog.get(row.product) if row.product else None
    cares = row.customer_id in reach.cared
    open_to = reach.reads(row.customer_id, row.product)
    there = None
    if product is not None and row.device_id is not None:
        there = Presence.model_validate(devices.presence(conn, product, row.device_id))
    said = statements.listing(conn, case_ids=[row.case_id], limit=MAX_STATEMENTS)
    return schemas.Case(
        **_head(reach, row, promised, closed),
        presence=there,
        statements=saying.statements(reach, said),
        promises=[promise(one, cares=cares) for one in promised],
        closings=[closing(one, cares=cares, figures=open_to) for one in closed],
        steps=[step(one, open_to=open_to) for one in cases.steps(conn, row.case_id)],
        withheld=not open_to,
    )


def promise(one: Promise, *, cares: bool) -> schemas.Promise:
    """A promise; what was promised by a care team is for it alone."""
    if one.kept_at is not None:
        state = "kept" if one.broken_at is None else "late"
    else:
        state = "open" if one.broken_at is None else "broken"
    return schemas.Promise.model_validate(
        {
            "promise": one.promise_id,
            "what": one.what if cares or not one.private else None,
            "due_at": one.due_at,
            "made_at": one.made_at,
            "made_by": one.made_by,
            "kept_at": one.kept_at,
            "kept_by": one.kept_by,
            "broken_at": one.broken_at,
            "state": state,
        }
    )


def closing(one: Closing, *, cares: bool, figures: bool) -> schemas.Closing:
    """A closing; `figures` says whether the reader may see how often the product was used."""
    words = cares or not one.private
    return schemas.Closing.model_validate(
        {
            "closed_at": one.closed_at,
            "closed_by": one.closed_by,
            "cause": one.cause if words else None,
            "fix": one.fix,
            "note": one.note if words else None,
            "faults": one.faults,
            "before": _figures(one.before, uses=figures),
            "after": _figures(one.after, uses=figures),
            "watch_until": one.watch_until,
            "ended_at": one.ended_at,
            "came_back": None if one.came_back is None else _codes(one.came_back, open_to=figures),
        }
    )


def step(one: Step, *, open_to: bool) -> schemas.Step:
    """Something that was done."""
    return schemas.Step(at=one.at, kind=one.kind, by=one.by, detail=_codes(one.detail, open_to=open_to))


def _codes(detail: Mapping[str, Json], *, open_to: bool) -> dict[str, Json]:
    """What a claim was about tells of the person, for whom the product measures one."""
    return {key: value for key, value in detail.items() if open_to or key != "topic"}


def _figures(kept: Any, *, uses: bool) -> dict[str, Any] | None:
    return None if kept is None else {**kept, "uses": kept["uses"] if uses else None}
