"""One visit: a principal's request, its transaction, and its line in the audit log.

Every route that needs a user depends on `visiting`. It authenticates, asks the table in `permissions`, hands the
endpoint its connection, and writes the audit entry in the same transaction: what is not logged did not happen. A
refusal rolls that transaction back, so a refused write, or attempt on a person's data, is logged in one of its own.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Set
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from typing import Annotated

import anyio
from fastapi import Depends, Request
from fastapi.concurrency import contextmanager_in_threadpool

from api import permissions, principals
from api.errors import Absent, ApiError, Forbidden, Overloaded
from api.parameters import known_parameters
from api.permissions import Rule
from api.principals import Principal
from api.services import Services, services_of
from api.sessions import forms
from catalog import Catalog
from catalog.elements import Json
from store import audit
from store.database import Connection
from store.errors import NotFound

QUEUE_TIMEOUT_S = 5.0
"""How long a request waits for its turn before it is sent away."""


class Unrecorded(ApiError):
    """An endpoint that must be audited named no object: a fault of ours, told as 500, and nothing is committed."""


@dataclass(slots=True)
class Visit:
    """A principal at work in one transaction."""

    services: Services
    conn: Connection
    principal: Principal
    rule: Rule
    objects: dict[tuple[str, str | None], None] = field(default_factory=dict)
    """Each once, in the order they were named: a page is made of parts, and each names it."""
    detail: dict[str, Json] = field(default_factory=dict)
    goes_on: bool = False
    """The answer shows nothing and says only where to ask on. A question is one entry: that of the answer which shows
    what there is, or that there is no more."""

    @property
    def catalog(self) -> Catalog:
        """What we make."""
        return self.services.catalog

    def concerns(self, name: str, customer: str | None = None, **detail: Json) -> None:
        """Name the object this visit reads or changes, and the person it belongs to, for the audit log."""
        self.objects[name, customer] = None
        self.notes(**detail)

    def concerns_owners(self, name: str, customers: Set[str]) -> None:
        """Name an object that belongs, or belonged, to `customers`: it is found under each of them."""
        for customer in sorted(customers):
            self.concerns(name, customer)
        if not customers:
            self.concerns(name)

    def notes(self, **detail: Json) -> None:
        """Add to the audit entries what was asked of the objects."""
        self.detail.update(detail)

    def record(self) -> None:
        """Write what `concerns` was told, one entry an object; nothing yet where the visit `goes_on`."""
        if self.rule.action is None or self.goes_on:
            return
        if not self.objects:
            raise Unrecorded(f"{self.rule.action} named no object")
        entries = [_entry(self.rule, self.principal, name, customer, self.detail) for name, customer in self.objects]
        audit.write_all(self.conn, entries)


def _entry(rule: Rule, principal: Principal, name: str, customer: str | None, detail: dict[str, Json]) -> audit.Entry:
    return audit.Entry(
        actor=principal.actor,
        roles=sorted(principal.roles),
        action=rule.action or "",
        object_type=rule.object_type,
        object=name,
        customer=customer,
        detail=detail,
    )


def _require(principal: Principal, rule: Rule) -> None:
    if not principal.roles & rule.roles:
        allowed, held = ", ".join(sorted(rule.roles)), ", ".join(sorted(principal.roles))
        raise Forbidden(f"this is for {allowed}; {principal.user} is {held}")


@contextmanager
def visit_of(request: Request, services: Services) -> Iterator[Visit]:
    """The visit `request` is, from its authentication to its line in the audit log. For one thread."""
    rule = permissions.RULES[request.method if request.method != "HEAD" else "GET", request.scope["route"].path]
    visit: Visit | None = None
    try:
        with services.database.connection() as conn:
            principal = principals.user_of(request, conn, services)
            visit = Visit(services, conn, principal, rule)
            _require(principal, rule)
            known_parameters(request)
            yield visit
            visit.record()
    except (Forbidden, Absent, NotFound) as refusal:
        if visit is not None and rule.action and (rule.personal or isinstance(refusal, Forbidden)):
            _record_denied(request, services, visit)
        raise


def _record_denied(request: Request, services: Services, visit: Visit) -> None:
    """Log a refused attempt. An absent object counts: trying names until one exists is an attempt too."""
    named = visit.objects or [(next(iter(request.path_params.values()), "*")[:64].replace("\0", ""), None)]
    with services.database.connection() as conn:
        for name, customer in named:
            entry = _entry(visit.rule, visit.principal, name, customer, visit.detail)
            audit.write(conn, replace(entry, outcome="denied"))


@asynccontextmanager
async def queued(places: anyio.Semaphore) -> AsyncIterator[None]:
    """Wait for one of `places`, holding no thread, and give it back at the end. Raises `Overloaded`."""
    try:
        with anyio.fail_after(QUEUE_TIMEOUT_S):
            await places.acquire()
    except TimeoutError as error:
        raise Overloaded("too many requests are being worked on; try again", headers={"Retry-After": "1"}) from error
    try:
        yield
    finally:
        places.release()


async def turn(request: Request) -> AsyncIterator[Services]:
    """Wait for this request's turn at the database. Raises `Overloaded`, and what `forms.load` raises."""
    services = services_of(request)
    await forms.load(request)  # before: who sends slowly must not hold a turn meanwhile
    async with queued(services.at_work):
        yield services


Turn = Annotated[Services, Depends(turn, scope="function")]


async def visiting(request: Request, services: Turn) -> AsyncIterator[Visit]:
    """The visit this request is. Ends, and commits, before the answer is sent."""
    async with contextmanager_in_threadpool(visit_of(request, services)) as visit:
        yield visit


Visiting = Annotated[Visit, Depends(visiting, scope="function")]
