"""What support and administrators do with a customer: adding one, consents, devices, the care team."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypeVar

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ValidationError

from api.auditing import Visiting
from api.console import editing, paths
from api.console.catalogues import N_
from api.console.editing import mark
from api.console.pages import customers as shown
from api.console.pages import owners
from api.console.routing import pages
from api.customers import endpoints as customers
from api.customers.schemas import (
    MAX_MEMBERS,
    MAX_PURPOSES,
    CareTeamWanted,
    Consent,
    ConsentsWanted,
    Customer,
    CustomerChange,
    NewCustomer,
)
from api.errors import BadInput
from api.idempotent import Once
from api.parameters import CustomerId
from api.sessions.forms import Form, Sent
from store import consents
from store import customers as kept
from store.errors import Conflict, InvalidValue

router = pages()

Wanted = TypeVar("Wanted", bound=BaseModel)

MISTAKES = {
    "customer": N_("1 to 64 letters, digits, dots, underscores or hyphens, and not a name such as .. alone."),
    "name": N_("1 to 200 characters."),
    "zone": N_("There is no such time zone. Write it like Europe/Berlin or Asia/Tehran."),
    "language": N_("Choose one of these."),
    "calendar": N_("Choose one of these."),
    "week_start": N_("Choose one of these."),
    "weekend": N_("Choose one of these."),
}
TAKEN = N_("There is a customer of this id already. Choose another id, or search for that one.")
PURPOSE = N_("A word of small letters, digits and underscores, like compare_usage; first a letter, at most 48.")
LATER = N_("A consent that begins later is on record already. Nothing was saved.")
TOO_MANY_PURPOSES = N_("At most %(most)s purposes can be agreed to at once. Nothing was saved.")
TOO_MANY = N_("At most %(most)s people can be on a care team. Nothing was saved: untick some.")
NOT_ON_IT = N_("One of them may not be on a care team any more. Nothing was saved.")


@router.post("/customers")
def create(request: Request, visit: Visiting, sent: Sent) -> Response:
    """Add a customer, then go to their page."""
    given = _given(sent)
    body, wrong = _checked(NewCustomer, given)
    wrong |= {"customer": TAKEN} if kept.by_ids(visit.conn, [str(given.get("customer", ""))]) else {}
    if body is not None and not wrong:
        try:
            with editing.attempt(visit):
                customers.create(visit, Once(request, visit, None), body)
        except Conflict:  # somebody else was faster
            wrong = {"customer": TAKEN}
        else:
            return _to(body.customer, "made")
    visit.concerns("*", added=False)
    return shown.listed(request, visit, sent=sent, wrong=wrong)


@router.post("/customers/{customer}")
def change(request: Request, visit: Visiting, customer: CustomerId, sent: Sent) -> Response:
    """Change how they are called and spoken to, and the zone and week their days are counted in."""
    there = kept.take_turns(visit.conn, customer)
    if editing.is_outdated(sent, shown.profile_mark(Customer.model_validate(there))):
        visit.concerns(customer, customer, changed=False)
        return shown.shown(request, visit, customer, trouble=editing.OUTDATED, status=409)
    given = _given(sent)
    given.pop("customer", None)
    body, wrong = _checked(CustomerChange, given)
    if body is None or wrong:
        visit.concerns(customer, customer, changed=False)
        return shown.shown(request, visit, customer, profile=sent, wrong=wrong, status=422)
    customers.change(visit, customer, body)
    return _to(customer, "changed")


@router.post("/customers/{customer}/consents")
def consent(request: Request, visit: Visiting, customer: CustomerId, sent: Sent) -> Response:
    """Have exactly the purposes that are ticked, and the one that is written, agreed to from now on."""
    found = kept.take_turns(visit.conn, customer)
    there = shown.in_force(
        [Consent.model_validate(one) for one in consents.listing(visit.conn, found.customer_id)], datetime.now(UTC)
    )
    if editing.is_outdated(sent, mark(there)):
        visit.notes(changed=False)
        return shown.shown(request, visit, customer, trouble=editing.OUTDATED, status=409)
    ticked = [key.removeprefix("purpose.") for key in sent if key.startswith("purpose.")]
    another = sent.get("another", "").strip()
    try:
        body = ConsentsWanted(purposes=[*ticked, *([another] if another else [])])
        with editing.attempt(visit):
            customers.consent(visit, customer, body)
    except ValidationError:
        visit.notes(changed=False)
        many = len(ticked) + bool(another) > MAX_PURPOSES
        wrong = {"another": TOO_MANY_PURPOSES if many else PURPOSE}
        return shown.shown(request, visit, customer, sent=sent, wrong=wrong, status=422)
    except Conflict:
        visit.notes(changed=False)
        return shown.shown(request, visit, customer, sent=sent, trouble=LATER, status=409)
    return _to(customer, "consents")


@router.post("/customers/{customer}/devices")
def give(request: Request, visit: Visiting, customer: CustomerId, sent: Sent) -> Response:
    """Give them a device that nobody owns."""
    kept.get(visit.conn, customer)
    device = sent.get("device", "").strip()
    wrong = owners.give(request, visit, device, customer, sent.get("day", ""))
    if wrong:
        visit.concerns(device[:64] or "*", customer, owned=False)
        return shown.shown(request, visit, customer, sent=sent, wrong=wrong, status=422)
    return _to(customer, "promised" if owners.begins_later(visit, device) else "given")


@router.post("/customers/{customer}/care-team")
def set_team(request: Request, visit: Visiting, customer: CustomerId, sent: Sent) -> Response:
    """Have exactly those who are ticked on the care team from now on."""
    kept.take_turns(visit.conn, customer)
    now = datetime.now(UTC)
    found = customers.care_team(visit, customer).items
    present = sorted({one.user for one in found if one.until is None or one.until > now})
    if editing.is_outdated(sent, mark(present)):
        visit.notes(changed=False)
        return shown.team(request, visit, customer, trouble=editing.OUTDATED, status=409)
    ticked = [key.removeprefix("member.") for key in sent if key.startswith("member.")]
    try:
        body = CareTeamWanted(members=ticked)
        with editing.attempt(visit):
            customers.set_care_team(visit, customer, body)
    except (ValidationError, BadInput):
        visit.notes(changed=False)
        trouble = TOO_MANY if len(ticked) > MAX_MEMBERS else NOT_ON_IT
        return shown.team(request, visit, customer, ticked=ticked, trouble=trouble, status=422)
    path = paths.url("/customers/{customer}/care-team", {"done": "team"}, customer=customer)
    return RedirectResponse(path, 303)


def _checked(shape: type[Wanted], given: Mapping[str, object]) -> tuple[Wanted | None, dict[str, str]]:
    """What is `given` as `shape`, and every mistake in it by field, those that the shape lets through too: an id of
    dots, a zone that does not exist.
    """
    body: Wanted | None = None
    wrong: dict[str, str] = {}
    try:
        body = shape.model_validate(given)
    except ValidationError as error:
        wrong = editing.wrong_fields(error, MISTAKES)
    if "customer" in given and not kept.ID_FORM.fullmatch(str(given["customer"])):
        wrong["customer"] = MISTAKES["customer"]
    try:
        kept.checked_zone(str(given.get("zone", "")))
    except InvalidValue:
        wrong["zone"] = MISTAKES["zone"]
    return body, wrong


def _given(sent: Form) -> dict[str, object]:
    given: dict[str, object] = {
        key: sent[key].strip()
        for key in ("customer", "name", "zone", "language", "calendar", "week_start")
        if key in sent
    }
    return given | {"weekend": [key.removeprefix("weekend.") for key in sent if key.startswith("weekend.")]}


def _to(customer: str, done: shown.Done) -> RedirectResponse:
    return RedirectResponse(paths.url("/customers/{customer}", {"done": done}, customer=customer), 303)
