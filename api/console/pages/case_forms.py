"""What is done to a case from its page: answered, promised, kept, closed, taken up again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from api.auditing import Visit, Visiting
from api.cases import endpoints as cases
from api.cases import schemas
from api.cases.endpoints import CaseId, PromiseId
from api.console import editing, paths
from api.console.catalogues import N_
from api.console.language import reader_of
from api.console.pages import cases as shown
from api.console.pages.device_range import BadPeriod, day_of
from api.console.routing import pages
from api.errors import BadInput
from api.idempotent import Once
from api.sessions.forms import Form, Sent
from store import customers
from store.errors import Conflict

router = pages()

MISTAKES: Final[Mapping[str, str]] = {
    "channel": N_("Choose one of these."),
    "what": N_("Write what is promised, in at most 500 characters."),
    "due_on": N_("Write a day as year-month-day, such as 2026-11-22 or 1405-09-01, that lies in the future."),
    "due_time": N_("Write a time as hour:minute, such as 14:05, that lies in the future."),
    "cause": N_("Write what the cause was, in at most 500 characters."),
    "fix": N_("Choose one of these."),
    "note": N_("At most 2,000 characters."),
}
MEANWHILE = N_("Somebody was faster: the case is not as it was when you opened this page. See below how it stands now.")
END_OF_WORK: Final = time(17)
"""When a promise is due of which the day alone is named."""
HOURS: Final = ("1", "4", "24", "72", "168")
_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")


@router.post("/cases/{case}/answers")
def answer(request: Request, visit: Visiting, case: CaseId, sent: Sent) -> Response:
    """Note that the customer was answered."""
    try:
        body = schemas.Answered.model_validate({"channel": sent.get("channel", ""), "waiting": "waiting" in sent})
    except ValidationError:
        return _back(request, visit, case, "answer", sent, {"channel": MISTAKES["channel"]})
    return _done(request, visit, case, "answered", lambda: cases.answer(visit, _once(request, visit, sent), case, body))


@router.post("/cases/{case}/promises")
def promise(request: Request, visit: Visiting, case: CaseId, sent: Sent) -> Response:
    """Promise something, within some hours or until a day."""
    _, row = cases.known(visit, case)
    wrong: dict[str, str] = {}
    zone = customers.get(visit.conn, row.customer).zone
    due_at = _due(sent, zone, reader_of(request, visit.principal).calendar, wrong)
    try:
        body = schemas.NewPromise.model_validate({"what": sent.get("what", ""), "due_at": due_at})
    except ValidationError:
        wrong["what"] = MISTAKES["what"]
    if wrong:
        return _back(request, visit, case, "promise", sent, wrong)
    return _done(
        request, visit, case, "promised", lambda: cases.promise(visit, _once(request, visit, sent), case, body)
    )


@router.post("/cases/{case}/promises/{promise}/keep")
def keep(request: Request, visit: Visiting, case: CaseId, promise: PromiseId) -> Response:
    """The promise is kept."""
    return _done(request, visit, case, "kept", lambda: cases.keep(visit, case, promise))


@router.post("/cases/{case}/close")
def close(request: Request, visit: Visiting, case: CaseId, sent: Sent) -> Response:
    """Solve it, with a cause and a fix."""
    ticked = [key.removeprefix("fault.") for key in sent if key.startswith("fault.")]
    given = {
        "cause": sent.get("cause", ""),
        "fix": sent.get("fix", ""),
        "note": sent.get("note", "").strip() or None,
        "faults": ticked or None,
    }
    try:
        body = schemas.Resolution.model_validate(given)
    except ValidationError as error:
        fields = dict.fromkeys(str(one["loc"][0]) for one in error.errors())
        wrong = {field: MISTAKES[field] for field in fields if field in MISTAKES}
        return _back(request, visit, case, "close", sent, wrong)
    return _done(request, visit, case, "closed", lambda: cases.close(visit, case, body))


@router.post("/cases/{case}/reopen")
def reopen(request: Request, visit: Visiting, case: CaseId) -> Response:
    """Take a solved case up again."""
    return _done(request, visit, case, "reopened", lambda: cases.reopen(visit, case))


def _once(request: Request, visit: Visit, sent: Form) -> Once:
    return Once(request, visit, None if "once" not in sent else editing.once(sent))


def _done(request: Request, visit: Visit, case: int, what: shown.Done, work: Callable[[], object]) -> Response:
    """Do it and show the case; if it is not as it was any more, say so on its page."""
    try:
        with editing.attempt(visit):
            work()
    except Conflict:
        found = cases.detail(visit, case)
        return shown.shown(request, visit, found, trouble=MEANWHILE, status=409)
    return RedirectResponse(paths.url("/cases/{case}", {"done": what}, case=case), 303)


def _back(request: Request, visit: Visit, case: int, form: str, sent: Form, wrong: Mapping[str, str]) -> Response:
    found = cases.detail(visit, case)
    visit.notes(done=False)
    return shown.shown(request, visit, found, at=form, sent=sent, wrong=wrong, status=422)


def _due(sent: Form, zone: str, calendar: str, wrong: dict[str, str]) -> datetime:
    """When it is due: at a day and time where the customer lives, else within so many hours from now."""
    now = datetime.now(UTC)
    on, at = sent.get("due_on", "").strip(), sent.get("due_time", "").strip().translate(_DIGITS)
    if not on and not at:
        within = sent.get("within", "")
        return now + timedelta(hours=int(within if within in HOURS else "24"))
    try:
        day = day_of(on, calendar) if on else now.astimezone(ZoneInfo(zone)).date()
        clock = time.fromisoformat(at.zfill(5)) if at else END_OF_WORK
        due = datetime.combine(day, clock.replace(tzinfo=None), ZoneInfo(zone)).astimezone(UTC)
    except (BadPeriod, BadInput, OverflowError):
        wrong["due_on"] = MISTAKES["due_on"]
        return now
    except ValueError:
        wrong["due_time"] = MISTAKES["due_time"]
        return now
    if due <= now:
        field = "due_on" if on else "due_time"
        wrong[field] = MISTAKES[field]
    return due
