"""Who may open which page and send which form, and what is answered: the second writing of `api/permissions.py`.

"Own" is Anna's, for whom Clara and Carl care; "other" is Ben's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tests.integration.api.test_roles import ALL, CUSTOMER, PILL, VACUUM, Kind
from tests.integration.api.world import SAID

NUMBER = count()
LEAVER = "leaver"
"""A user whom the forms change and suspend."""


@dataclass(frozen=True)
class Case:
    """A page or a form: who may, and what is answered then, of one kind of object or of own, other and absent."""

    letters: str
    expected: tuple[int, ...] = (200,)
    path: Callable[[Kind], Mapping[str, str]] = lambda _: {}
    query: Callable[[Kind], dict[str, str]] = lambda _: {}
    form: Callable[[Kind], dict[str, str]] = lambda _: {}
    instead: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """By letter, where a role that may open it fares otherwise."""
    ends_session: bool = False


THREE = (200, 200, 404)
CARE = {"C": (200, 403, 404), "R": (200, 403, 404)}


def pill(kind: Kind) -> dict[str, str]:
    return {"device": PILL[kind]}


def item(kind: Kind) -> dict[str, str]:
    return {"item": "pill-anna" if kind == "absent" else "spare"}


def vacuum(kind: Kind) -> dict[str, str]:
    return {"device": VACUUM[kind]}


def customer(kind: Kind) -> dict[str, str]:
    return {"customer": CUSTOMER[kind]}


def leaver(kind: Kind) -> dict[str, str]:
    return {"user": "nobody" if kind == "absent" else LEAVER}


OURS = {"C": (200, 404, 404)}


def said(names: Mapping[str, str]) -> Callable[[Kind], dict[str, str]]:
    """The statement, the case and the promise about one of `names`."""

    def path(kind: Kind) -> dict[str, str]:
        number = str(SAID.get(names[kind], 999_999))
        return {"statement": number, "case": number, "promise": number, "n": "0"}

    return path


def statement(kind: Kind) -> dict[str, str]:
    return customer(kind) | {"channel": "phone", "text": "twice a week"}


def of_both(letters: str, status: int, **more: Any) -> list[Case]:
    """Of a dispenser and of a vacuum: words about the first are for the care team alone."""
    ours = {"C": (status, 404, 404)}
    return [
        Case(letters, (403, 403, 404), said(PILL), instead=ours, **more),
        Case(letters, (status, status, 404), said(VACUUM), instead=ours, **more),
    ]


def of_case(status: int, **more: Any) -> list[Case]:
    """Of either: that there is a case is for support and maintenance too."""
    ours = {"C": (status, 404, 404)}
    return [Case("SCM", (status, status, 404), said(which), instead=ours, **more) for which in (PILL, VACUUM)]


CASES: dict[tuple[str, str], list[Case]] = {
    ("GET", "/"): [Case(ALL)],
    ("GET", "/preferences"): [Case(ALL)],
    ("POST", "/preferences"): [Case(ALL, (303,), form=lambda _: {"language": "", "calendar": ""})],
    ("POST", "/preferences/password"): [Case(ALL, (422,), form=lambda _: {"new": "short", "again": "short"})],
    ("POST", "/sign-out"): [Case(ALL, (303,), ends_session=True)],
    ("GET", "/devices"): [Case(ALL, (200, 200, 200), query=customer)],
    ("GET", "/devices/{device}"): [Case(ALL, THREE, pill), Case(ALL, THREE, vacuum)],
    ("GET", "/devices/{device}/events"): [Case(ALL, THREE, pill)],
    ("GET", "/devices/{device}/gaps"): [Case(ALL, THREE, pill)],
    ("GET", "/devices/{device}/usage"): [
        Case("SQCR", (403, 403, 404), pill, instead=CARE),
        Case("SQCR", THREE, vacuum, instead=CARE),
    ],
    ("GET", "/customers"): [Case("S", (200, 200, 200), query=lambda kind: {"q": CUSTOMER[kind]})],
    ("GET", "/customers/{customer}"): [Case("S", THREE, customer)],
    ("GET", "/customers/{customer}/usage"): [
        Case("SQCR", THREE, customer, instead={"C": (200, 404, 404), "R": (200, 404, 404)})
    ],
    ("GET", "/customers/{customer}/care-team"): [Case("A", THREE, customer)],
    ("GET", "/devices/{device}/comparison"): [
        Case("SQCR", (403, 403, 404), pill, instead=CARE),
        Case("SQCR", THREE, vacuum, instead=CARE),
    ],
    ("GET", "/customers/{customer}/comparison"): [
        Case("SQCR", THREE, customer, instead={"C": (200, 404, 404), "R": (200, 404, 404)})
    ],
    ("GET", "/statements/new"): [Case("SC", THREE, query=customer, instead=OURS)],
    ("POST", "/statements/preview"): [Case("SC", THREE, form=statement, instead=OURS)],
    ("POST", "/statements"): [Case("SC", (303, 303, 404), form=statement, instead={"C": (303, 404, 404)})],
    ("GET", "/statements/{statement}"): of_both("SC", 200),
    ("POST", "/statements/{statement}/compare"): of_both("SC", 303),
    ("POST", "/statements/{statement}/split"): of_both("SC", 409),
    ("POST", "/statements/{statement}/claims"): of_both("SC", 422),
    ("POST", "/statements/{statement}/claims/{n}"): of_both("SC", 303, form=lambda _: {"do": "restore"}),
    ("GET", "/cases"): [Case("SCM", (200, 200, 200), query=customer)],
    ("GET", "/cases/response-times"): [Case("SQ")],
    ("GET", "/cases/{case}"): of_case(200),
    ("POST", "/cases/{case}/answers"): of_case(303, form=lambda _: {"channel": "phone"}),
    ("POST", "/cases/{case}/promises"): of_case(303, form=lambda _: {"what": "call", "within": "24"}),
    ("POST", "/cases/{case}/promises/{promise}/keep"): [
        Case("SCM", (303, 303, 404), said(which), instead={"M": (409, 409, 404), "C": (409, 404, 404)})
        for which in (PILL, VACUUM)  # support was first
    ],
    ("POST", "/cases/{case}/close"): of_case(422),
    ("POST", "/cases/{case}/reopen"): of_case(409),
    ("GET", "/devices/{device}/adherence"): [Case("CR", (200, 403, 404), pill)],
    ("POST", "/devices/{device}/regimen"): [Case("CR", (422, 403, 404), pill)],
    ("GET", "/stock"): [Case("T")],
    ("GET", "/stock/{item}"): [Case("T", (200, 200, 404), item)],
    ("POST", "/stock/{item}"): [Case("T", (422, 422, 404), item)],
    ("GET", "/orders"): [Case("T")],
    ("POST", "/orders/{order}/receive"): [Case("T", (404, 404, 404), lambda _: {"order": "999999"})],
    ("POST", "/orders/{order}/cancel"): [Case("T", (404, 404, 404), lambda _: {"order": "999999"})],
    ("GET", "/insights"): [Case("Q")],
    ("GET", "/contacts"): [Case("SCR")],
    ("GET", "/products"): [Case(ALL)],
    ("GET", "/products/{product}"): [
        Case(ALL, THREE, lambda kind: {"product": "nothing" if kind == "absent" else "robot_vacuum"})
    ],
    ("GET", "/deadletters"): [Case("AS", (200, 200, 200), query=pill)],
    ("GET", "/deadletters/replay"): [Case("AS", query=lambda _: {"id": "1"})],
    ("POST", "/deadletters/replay"): [Case("AS", form=lambda _: {"ids": "999999"})],
    ("GET", "/system"): [Case("ASM")],
    ("GET", "/connect"): [Case("AS")],
    ("POST", "/connect"): [
        Case(
            "AS",
            (200, 422, 422),
            form=lambda kind: {
                "device": "vac-ben" if kind == "other" else f"page-{next(NUMBER)}",
                "product": "nothing" if kind == "absent" else "software",
            },
        )
    ],
    ("POST", "/connect/check"): [Case("AS", form=lambda _: {"toml": "key = 1"})],
    ("GET", "/connect/{device}/arrival"): [Case("AS", THREE, vacuum)],
    ("POST", "/customers"): [
        Case(
            "S",
            (303, 422, 422),
            form=lambda kind: {
                "customer": "ben" if kind == "other" else f"page-{next(NUMBER)}",
                "name": "New",
                "zone": "No/Where" if kind == "absent" else "Europe/Berlin",
                "language": "en",
                "calendar": "gregorian",
                "week_start": "1",
            },
        )
    ],
    ("POST", "/customers/{customer}"): [
        Case(
            "S",
            (303, 303, 404),
            customer,
            form=lambda kind: {
                "name": "Anna Example" if kind == "own" else "Ben Example",
                "zone": "Europe/Berlin" if kind == "own" else "Asia/Tehran",
            },
        )
    ],
    ("POST", "/customers/{customer}/consents"): [
        Case("S", (303, 303, 404), customer, form=lambda _: {"purpose.compare": "1"})
    ],
    ("POST", "/customers/{customer}/devices"): [
        Case("S", (303, 422, 404), customer, form=lambda _: {"device": "spare", "day": ""})
    ],
    ("POST", "/customers/{customer}/care-team"): [
        Case(
            "A",
            (303, 303, 404),
            customer,
            form=lambda kind: {"member.clara": "1", "member.carl": "1"} if kind == "own" else {},
        )
    ],
    ("GET", "/devices/{device}/ownerships"): [Case("AS", THREE, pill)],
    ("POST", "/devices/{device}/ownerships"): [Case("AS", (422, 422, 404), vacuum, form=customer)],
    ("GET", "/devices/{device}/credentials"): [Case("AS", THREE, vacuum)],
    ("POST", "/devices/{device}/credentials"): [Case("AS", THREE, vacuum)],
    ("GET", "/users"): [Case("A")],
    ("POST", "/users"): [
        Case(
            "A",
            (303, 422, 422),
            form=lambda kind: {
                "name": "sam" if kind == "other" else f"page-{next(NUMBER)}",
                "display_name": "New",
                **({} if kind == "absent" else {"role.stock": "1"}),
            },
        )
    ],
    ("GET", "/users/{user}"): [Case("A", THREE, leaver)],
    ("POST", "/users/{user}"): [
        Case("A", (303, 303, 404), leaver, form=lambda _: {"display_name": "T", "role.stock": "1"})
    ],
    ("GET", "/users/{user}/suspend"): [Case("A", THREE, leaver)],
    ("POST", "/users/{user}/suspend"): [Case("A", (303, 303, 404), leaver)],
    ("POST", "/users/{user}/reactivate"): [Case("A", (303, 303, 404), leaver)],
    ("POST", "/users/{user}/tokens"): [Case("A", THREE, leaver, form=lambda _: {"label": "a page's", "days": "1"})],
    ("GET", "/users/{user}/tokens/{token}/revoke"): [
        Case("A", (404, 404, 404), lambda kind: leaver(kind) | {"token": "999999"})
    ],
    ("POST", "/users/{user}/tokens/{token}/revoke"): [
        Case("A", (404, 404, 404), lambda kind: leaver(kind) | {"token": "999999"})
    ],
}
OPEN = {
    ("GET", "/static/{version}/{path:path}"),
    ("GET", "/language/{language}"),
    ("GET", "/design"),
    ("GET", "/sign-in"),
    ("POST", "/sign-in"),
}
"""For everybody: they show nothing that anybody owns."""
