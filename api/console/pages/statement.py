"""One statement: its claims beside what the product reports, compared anew, and corrected beside what was read."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, Literal

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import ValidationError

from api.auditing import Visit, Visiting
from api.console import comparing, editing, paths, pictures, saying
from api.console.catalogues import N_
from api.console.pictures import Voice
from api.console.rendering import page
from api.console.routing import pages
from api.console.scales import scales
from api.idempotent import Once
from api.reach import Reach
from api.sessions.forms import Form, Sent
from api.statements import endpoints as statements
from api.statements import presenting
from api.statements.claim_schemas import ClaimGiven, Correction, Kept
from api.statements.endpoints import Number, StatementId
from api.statements.schemas import Statement
from api.statements.verdict_schemas import Verdict
from store import claims, customers
from store.errors import Conflict, InvalidValue, NotFound

router = pages()

Done = Literal["said", "compared", "corrected", "found"]
DONE: Final[Mapping[str, str]] = {
    "said": N_("The statement is saved."),
    "compared": N_("It was compared again. The earlier comparison is kept below each claim."),
    "corrected": N_("The correction is saved, beside what was read."),
    "found": N_("The claim is added."),
}
MISTAKES: Final[Mapping[str, str]] = {
    "low": N_("Write a number from 0 on; nothing where there is no lower bound. It may not lie above the upper one."),
    "high": N_("Write a number from 0 on; nothing where there is no upper bound."),
    "unit": N_("This topic is told in another unit."),
    "topic": N_("Choose one of these."),
    "per": N_("Choose one of these."),
    "verdict": N_("Choose one of these."),
    "because": N_("At most 500 characters."),
    "quote": N_("At most 1,000 characters."),
}
NO_VERDICT = N_("This claim was not compared, so there is no verdict to correct.")
ALONE = N_("It is the only statement of its case, so it has a case of its own already.")
FULL = N_("This statement has as many claims as there may be.")
_NUMERALS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩٫", "01234567890123456789.")


@router.get("/statements/{statement}")
def detail(request: Request, visit: Visiting, statement: StatementId, done: Done | None = None) -> HTMLResponse:
    """The words with what was read in them, each claim with its verdict and evidence."""
    return shown(request, visit, statements.detail(visit, statement), done=DONE.get(done or "", ""))


@router.post("/statements/{statement}/compare")
def compare(visit: Visiting, statement: StatementId) -> Response:
    """Compare it again by what has arrived since; the earlier verdicts stay."""
    statements.compare(visit, statement)
    return _to(statement, "compared")


@router.post("/statements/{statement}/split")
def split(request: Request, visit: Visiting, statement: StatementId) -> Response:
    """Give it a case of its own, then go to that."""
    there = statements.detail(visit, statement)
    try:
        with editing.attempt(visit):
            case = statements.split(visit, statement).case
    except Conflict:
        return shown(request, visit, there, trouble=ALONE, status=409)
    return RedirectResponse(paths.url("/cases/{case}", {"done": "split"}, case=case), 303)


@router.post("/statements/{statement}/claims")
def find(request: Request, visit: Visiting, statement: StatementId, sent: Sent) -> Response:
    """Add a claim that was not read in the text."""
    there = statements.detail(visit, statement)
    body, wrong = _claim(sent)
    trouble = ""
    if body is not None:
        try:
            with editing.attempt(visit):
                statements.find(visit, Once(request, visit, editing.once(sent)), statement, body)
        except InvalidValue:
            wrong = {"unit": MISTAKES["unit"]}
        except Conflict:
            trouble = FULL
        else:
            return _to(statement, "found")
    return shown(request, visit, there, at="new", sent=sent, wrong=wrong, trouble=trouble, status=422)


@router.post("/statements/{statement}/claims/{n}")
def correct(request: Request, visit: Visiting, statement: StatementId, n: Number, sent: Sent) -> Response:
    """Correct one claim, say that it is none, go back to what was read, or correct its verdict."""
    there = statements.detail(visit, statement)
    body, wrong = _correction(sent, next((one for one in there.claims if one.n == n), None))
    trouble = ""
    if body is not None:
        try:
            with editing.attempt(visit):
                statements.correct(visit, statement, n, body)
        except InvalidValue:
            wrong = {"unit": MISTAKES["unit"]}
        except NotFound:
            if all(one.n != n for one in there.claims):
                raise
            trouble = NO_VERDICT
        else:
            return _to(statement, "corrected", f"#claim-{n}")
    return shown(request, visit, there, at=str(n), sent=sent, wrong=wrong, trouble=trouble, status=422)


def _to(statement: int, done: Done, place: str = "") -> RedirectResponse:
    path = paths.url("/statements/{statement}", {"done": done}, statement=statement)
    return RedirectResponse(path + place, 303)


def _correction(sent: Form, claim: Kept | None) -> tuple[Correction | None, dict[str, str]]:
    """What the form's button asks for."""
    match sent.get("do", ""):
        case "drop":
            return Correction(dropped=True), {}
        case "restore":
            return Correction(claim=None, dropped=False), {}
        case "verdict":
            given = {"verdict": sent.get("verdict", ""), "because": sent.get("because", "").strip() or None}
            try:
                return Correction.model_validate({"verdict": given}), {}
            except ValidationError as error:
                fields = {str(one["loc"][-1]) for one in error.errors()}
                return None, {field: MISTAKES[field] for field in fields & MISTAKES.keys()}
        case _:
            body, wrong = _claim(sent, claim)
            return (Correction(claim=body, dropped=False) if body else None), wrong


def _claim(sent: Form, before: Kept | None = None) -> tuple[ClaimGiven | None, dict[str, str]]:
    """The claim that the fields make; its words and its time stay those of the one `before`."""
    given: dict[str, Any] = {
        "topic": sent.get("topic", ""),
        "low": _number(sent.get("low", "")),
        "high": _number(sent.get("high", "")),
        "unit": sent.get("unit", ""),
        "per": sent.get("per", "") or None,
        "hedged": "hedged" in sent,
        "negated": "negated" in sent,
        "quote": sent.get("quote", "").strip(),
    }
    if before is not None:
        given["quote"] = before.quote
        given["window"] = None if before.window is None else before.window.model_dump(by_alias=True)
    try:
        return ClaimGiven.model_validate(given), {}
    except ValidationError as error:
        fields = [str(one["loc"][0]) if one["loc"] else "low" for one in error.errors()]
        return None, {field: MISTAKES[field] for field in dict.fromkeys(fields) if field in MISTAKES}


def _number(typed: str) -> float | str | None:
    """As typed in any digits; what is none is left for the shape to refuse."""
    text = typed.strip().translate(_NUMERALS)
    try:
        return float(text) if text else None
    except ValueError:
        return text


def shown(
    request: Request,
    visit: Visit,
    found: Statement,
    *,
    done: str = "",
    at: str = "",
    sent: Form | None = None,
    wrong: Mapping[str, str] | None = None,
    trouble: str = "",
    status: int = 200,
) -> HTMLResponse:
    """The page of a statement; `at` is the claim whose form comes back as it was `sent`."""
    owner = customers.get(visit.conn, found.customer)
    product = visit.catalog.get(found.product) if found.product else None
    standing = [one for one in found.claims if not one.dropped]
    voices = [Voice(one.n + 1, one.verdict, found.said_at, found.device) for one in standing if one.verdict is not None]
    drawn = {voice.number - 1: pictures.of_periods([voice]) for voice in voices}
    for pair in drawn.values():
        comparing.shade(visit, pair)
    return page(
        request,
        visit,
        "statements/detail.html",
        status=status,
        zone=owner.zone,
        statement=found,
        product=product,
        customer_name=owner.name if Reach(visit).named(owner.customer_id) else None,
        pieces=saying.marked(found.text or "", standing),
        pictures={n: pair[0] for n, pair in drawn.items() if pair},
        scales={n: None if drawn[n] else scales(one.verdict) for n, one in _judged(standing)},
        earlier=_earlier(visit, found),
        kinds={} if product is None else {event.key: event for event in product.event},
        topics=product.claim_topics if product is not None else tuple(saying.TOPICS),
        words=saying,
        second=timedelta(seconds=1),
        day=timedelta(days=1),
        done=done,
        at=at,
        sent={"once": secrets.token_urlsafe(16)} | dict(sent or {}),
        wrong=wrong or {},
        trouble=trouble,
    )


def _judged(standing: Sequence[Kept]) -> list[tuple[int, Any]]:
    return [(one.n, one) for one in standing if one.verdict is not None]


def _earlier(visit: Visit, found: Statement) -> dict[int, list[Verdict]]:
    """Verdicts before the newest, by claim, newest first."""
    return {
        one.n: [presenting.verdict(kept) for kept in claims.verdicts(visit.conn, found.statement, one.n)][1:]
        for one in found.claims
        if one.verdicts > 1
    }
