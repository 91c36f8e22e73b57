"""Every route, every role, on its own object, another's and an absent one.

What is expected stands here a second time on purpose: a slip in `api/permissions.py` must not be its own proof.
"Own" is Anna's, for whom Clara and Carl care; "other" is Ben's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Literal

import pytest

from api.permissions import pairs
from tests.integration.api.world import API, CLAIM, OWNED_SINCE, PEOPLE, SAID, World

Kind = Literal["own", "other", "absent"]
Expected = tuple[int, int, int]
"""Statuses for own, other and absent."""

KINDS: tuple[Kind, Kind, Kind] = ("own", "other", "absent")
ALL = "ASMCRTQ"
LETTERS = dict(zip("ASMCRTQ", ("ada", "sam", "max", "clara", "carl", "tom", "quinn"), strict=True))
PILL = {"own": "pill-anna", "other": "pill-ben", "absent": "nothing"}
VACUUM = {"own": "vac-anna", "other": "vac-ben", "absent": "nothing"}
CUSTOMER = {"own": "anna", "other": "ben", "absent": "nobody"}
NUMBER = count()


@dataclass(frozen=True)
class Case:
    """A route: who may, what then happens, and how to ask."""

    letters: str
    expected: Expected = (200, 200, 404)
    path: Callable[[Kind], Mapping[str, str]] = lambda _: {}
    query: Callable[[Kind], dict[str, Any]] = lambda _: {}
    body: Callable[[Kind], Any] = lambda _: None
    instead: Mapping[str, Expected] = field(default_factory=dict)
    """By letter, where a role that may call fares otherwise."""


def _pill(kind: Kind) -> dict[str, str]:
    return {"device": PILL[kind]}


def _vacuum(kind: Kind) -> dict[str, str]:
    return {"device": VACUUM[kind]}


def _customer(kind: Kind) -> dict[str, str]:
    return {"customer": CUSTOMER[kind]}


def _ownerships(kind: Kind) -> dict[str, Any]:
    from datetime import UTC, datetime

    since = (datetime.now(UTC) - OWNED_SINCE).isoformat()
    return {"items": [{"customer": CUSTOMER[kind if kind != "absent" else "own"], "since": since}]}


def _said(names: Mapping[str, str], **more: str) -> Callable[[Kind], dict[str, str]]:
    """The statement, and the case, about one of `names`."""

    def path(kind: Kind) -> dict[str, str]:
        number = str(SAID.get(names[kind], 999_999))
        return {"statement": number, "case": number, "promise": number, **more}

    return path


def _statement(kind: Kind) -> dict[str, Any]:
    said_at = "2026-01-01T08:00:00Z"
    return {"customer": CUSTOMER[kind], "channel": "phone", "text": "twice a week", "said_at": said_at}


def _both(letters: str, change: Expected = (200, 200, 404), **more: Any) -> list[Case]:
    """Of a dispenser and of a vacuum: words about the first are for the care team alone."""
    ours: Expected = (change[0], 404, 404)
    return [
        Case(letters, (403, 403, 404), path=_said(PILL, n="0"), instead={"C": ours}, **more),
        Case(letters, change, path=_said(VACUUM, n="0"), instead={"C": ours}, **more),
    ]


def _case(change: Expected = (200, 200, 404), **more: Any) -> list[Case]:
    """That there is a case, and what was promised, is for support and maintenance too."""
    ours: Expected = (change[0], 404, 404)
    return [Case("SCM", change, path=_said(which), instead={"C": ours}, **more) for which in (PILL, VACUUM)]


LIST: Expected = (200, 200, 200)


def _item(kind: str) -> dict[str, str]:
    return {"item": "pill-anna" if kind == "absent" else "spare"}


FIGURES = {"C": (200, 403, 404), "R": (200, 403, 404)}

CASES: dict[tuple[str, str], list[Case]] = {
    ("GET", "/me"): [Case(ALL, LIST)],
    ("GET", "/me/customers"): [Case("CR", LIST)],
    ("GET", "/products"): [Case(ALL, LIST)],
    ("GET", "/products/{product}"): [
        Case(ALL, path=lambda kind: {"product": "nothing" if kind == "absent" else "robot_vacuum"})
    ],
    ("POST", "/products/check"): [Case("AS", LIST, body=lambda _: {"toml": "key = 1"})],
    ("GET", "/devices/{device}/arrival"): [Case("AS", path=_vacuum)],
    ("GET", "/devices"): [Case(ALL, LIST, query=lambda kind: {"customer": CUSTOMER[kind]})],
    ("POST", "/devices"): [
        Case(
            "AS",
            (201, 409, 422),
            body=lambda kind: {
                "device": "vac-ben" if kind == "other" else f"new-{next(NUMBER)}",
                "product": "nothing" if kind == "absent" else "robot_vacuum",
            },
        )
    ],
    ("POST", "/devices/import"): [
        Case("AS", LIST, body=lambda _: {"items": [{"device": f"many-{next(NUMBER)}", "product": "software"}]})
    ],
    ("POST", "/devices/{device}/credentials"): [Case("AS", (201, 201, 404), path=_vacuum)],
    ("DELETE", "/devices/{device}/credentials"): [Case("AS", path=_vacuum)],
    ("GET", "/devices/{device}/ownerships"): [Case("AS", path=_pill)],
    ("PUT", "/devices/{device}/ownerships"): [Case("AS", path=_pill, body=_ownerships)],
    ("GET", "/devices/{device}"): [Case(ALL, path=_pill), Case(ALL, path=_vacuum)],
    ("GET", "/devices/{device}/history"): [
        Case(ALL, path=_vacuum, query=lambda _: {"signal": "battery_pct"}),
        Case(
            ALL,
            (404, 404, 404),
            path=_pill,
            query=lambda _: {"signal": "doses_remaining"},
            instead={"C": (200, 404, 404), "R": (200, 404, 404)},
        ),
        Case(ALL, path=_pill, query=lambda _: {"signal": "rssi_dbm"}),
    ],
    ("GET", "/devices/{device}/rows.csv"): [
        Case(ALL, path=_pill, query=lambda _: {"signal": "rssi_dbm"}),
        Case(
            ALL,
            (404, 404, 404),
            path=_pill,
            query=lambda _: {"signal": "doses_remaining"},
            instead={"C": (200, 404, 404), "R": (200, 404, 404)},
        ),
    ],
    ("GET", "/devices/{device}/events"): [Case(ALL, path=_pill)],
    ("GET", "/devices/{device}/timeline"): [Case(ALL, path=_pill)],
    ("GET", "/devices/{device}/gaps"): [Case(ALL, path=_pill)],
    ("GET", "/devices/{device}/usage"): [
        Case("SQCR", (403, 403, 404), path=_pill, instead=FIGURES),
        Case("SQCR", path=_vacuum, instead=FIGURES),
    ],
    ("POST", "/customers"): [
        Case(
            "S",
            (201, 409, 422),
            body=lambda kind: {
                "customer": "ben" if kind == "other" else f"new-{next(NUMBER)}",
                "name": "New",
                "zone": "No/Where" if kind == "absent" else "Europe/Berlin",
            },
        )
    ],
    ("GET", "/customers"): [Case("S", LIST, query=lambda kind: {"q": CUSTOMER[kind]})],
    ("GET", "/customers/{customer}"): [Case("S", path=_customer)],
    ("PATCH", "/customers/{customer}"): [Case("S", path=_customer, body=lambda _: {"week_start": 1})],
    ("PUT", "/customers/{customer}/consents"): [Case("S", path=_customer, body=lambda _: {"purposes": ["compare"]})],
    ("GET", "/customers/{customer}/usage"): [
        Case("SQCR", path=_customer, instead={"C": (200, 404, 404), "R": (200, 404, 404)})
    ],
    ("GET", "/customers/{customer}/care-team"): [Case("A", path=_customer)],
    ("PUT", "/customers/{customer}/care-team"): [
        Case("A", path=_customer, body=lambda kind: {"members": ["clara", "carl"] if kind == "own" else []})
    ],
    ("POST", "/claims/extract"): [
        Case(
            "SCQ",
            (200, 200, 422),
            body=lambda kind: {"text": "once a day", "product": "nothing" if kind == "absent" else "software"},
        )
    ],
    ("POST", "/statements"): [Case("SC", (201, 201, 404), body=_statement, instead={"C": (201, 404, 404)})],
    ("POST", "/statements/preview"): [Case("SC", (200, 200, 404), body=_statement, instead={"C": (200, 404, 404)})],
    ("POST", "/statements/import"): [Case("S", LIST, body=lambda kind: {"items": [_statement(kind)]})],
    ("GET", "/statements/labels.jsonl"): [Case("AQ", LIST)],
    ("GET", "/statements/{statement}"): _both("SC"),
    ("POST", "/statements/{statement}/compare"): _both("SC"),
    ("POST", "/statements/{statement}/split"): _both("SC", (409, 409, 404)),  # each is all that its case has
    ("POST", "/statements/{statement}/claims"): _both("SC", (201, 201, 404), body=lambda _: CLAIM),
    ("PATCH", "/statements/{statement}/claims/{n}"): _both("SC", body=lambda _: {"dropped": False}),
    ("GET", "/statements/{statement}/claims/{n}/verdicts"): _both("SC"),
    ("GET", "/devices/{device}/comparison"): [
        Case("SQCR", (403, 403, 404), path=_pill, instead=FIGURES),
        Case("SQCR", path=_vacuum, instead=FIGURES),
    ],
    ("GET", "/customers/{customer}/comparison"): [
        Case("SQCR", path=_customer, instead={"C": (200, 404, 404), "R": (200, 404, 404)})
    ],
    ("GET", "/devices/{device}/regimen"): [Case("CR", (200, 403, 404), path=_pill)],
    ("PUT", "/devices/{device}/regimen"): [Case("CR", (200, 403, 404), path=_pill, body=lambda _: {"items": []})],
    ("GET", "/devices/{device}/adherence"): [Case("CR", (200, 403, 404), path=_pill)],
    ("GET", "/stock"): [Case("T", LIST)],
    ("GET", "/stock/{item}"): [Case("T", (200, 200, 404), path=_item)],
    ("PUT", "/stock/{item}"): [
        Case("T", (200, 200, 404), path=_item, body=lambda _: {"sku": "M8", "unit": "box", "lead_days": 3})
    ],
    ("GET", "/orders"): [Case("T", LIST)],
    ("POST", "/orders/{order}/receive"): [
        Case("T", (404, 404, 404), path=lambda _: {"order": "999999"}, body=lambda _: {})
    ],
    ("POST", "/orders/{order}/cancel"): [Case("T", (404, 404, 404), path=lambda _: {"order": "999999"})],
    ("GET", "/webhooks"): [Case("A", LIST)],
    ("POST", "/webhooks"): [
        Case(
            "A",
            (201, 201, 422),
            body=lambda kind: {
                "url": "ftp://x" if kind == "absent" else "https://example.com/hook",
                "kinds": ["order.opened"],
            },
        )
    ],
    ("DELETE", "/webhooks/{webhook}"): [Case("A", (404, 404, 404), path=lambda _: {"webhook": "999999"})],
    ("GET", "/insights"): [Case("Q", LIST)],
    ("GET", "/insights/contacts"): [Case("SCR", LIST)],
    ("GET", "/cases"): [Case("SCM", LIST, query=lambda kind: {"customer": CUSTOMER[kind]})],
    ("GET", "/cases/response-times"): [Case("SQ", LIST)],
    ("GET", "/cases/{case}"): _case(),
    ("POST", "/cases/{case}/answers"): _case((201, 201, 404), body=lambda _: {"channel": "phone"}),
    ("POST", "/cases/{case}/promises"): _case(
        (201, 201, 404), body=lambda _: {"what": "call", "due_at": "2199-01-01T00:00:00Z"}
    ),
    ("POST", "/cases/{case}/promises/{promise}/keep"): [
        Case(
            "SCM",
            path=_said(which),
            instead={"M": (409, 409, 404), "C": (409, 404, 404)},  # support was first
        )
        for which in (PILL, VACUUM)
    ],
    # Refused for what is asked, by who may ask it: done in test_cases.py.
    ("POST", "/cases/{case}/close"): _case(
        (422, 422, 404), body=lambda _: {"cause": "c", "fix": "visit", "faults": ["nothing"]}
    ),
    ("POST", "/cases/{case}/reopen"): _case((409, 409, 404)),
    ("GET", "/deadletters"): [Case("AS", LIST)],
    ("GET", "/deadletters/reasons"): [Case("AS", LIST)],
    ("POST", "/deadletters/replay"): [Case("AS", LIST, body=lambda _: {"ids": [999_999]})],
    ("GET", "/system"): [Case("ASM", LIST)],
    ("POST", "/telemetry"): [Case("", (401, 401, 401), body=lambda _: {})],
    ("GET", "/users"): [Case("A", LIST)],
    ("POST", "/users"): [
        Case(
            "A",
            (201, 409, 422),
            body=lambda kind: {
                "name": "sam" if kind == "other" else f"new-{next(NUMBER)}",
                "display_name": "New",
                "roles": ["boss" if kind == "absent" else "stock"],
            },
        )
    ],
    ("GET", "/users/{user}"): [Case("A", path=lambda kind: {"user": "nobody" if kind == "absent" else "sam"})],
    ("PATCH", "/users/{user}"): [
        Case("A", path=lambda kind: {"user": "nobody" if kind == "absent" else "sam"}, body=lambda _: {"active": True})
    ],
    ("GET", "/tokens"): [Case("A", LIST)],
    ("POST", "/tokens"): [
        Case(
            "A",
            (201, 201, 422),
            body=lambda kind: {"user": "nobody" if kind == "absent" else "tom", "label": "test"},
        )
    ],
    ("DELETE", "/tokens/{token}"): [Case("A", (404, 404, 404), path=lambda _: {"token": "999999"})],
    ("GET", "/audit"): [Case("A", LIST)],
}
STREAMED = {("GET", "/stream")}
"""An answer that does not end; its roles are tried in test_stream.py."""
OPEN = {("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/metrics"), ("GET", f"{API}/openapi.json")}


def test_every_route_has_its_case(shared: World) -> None:
    there = {route for route in pairs(shared.app.routes) - OPEN if route[1].startswith(API)}
    tried = {(method, API + path) for method, path in CASES.keys() | STREAMED}
    assert there == tried


@pytest.mark.parametrize(
    ("route", "case"),
    [(route, case) for route, cases in CASES.items() for case in cases],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_each_role_gets_what_it_is_due(shared: World, route: tuple[str, str], case: Case) -> None:
    method, pattern = route
    wrong = []
    for letter, name in LETTERS.items():
        refused: Expected = (401, 401, 401) if not case.letters else (403, 403, 403)
        expected = case.instead.get(letter, case.expected) if letter in case.letters else refused
        with shared.client(name) as client:
            for kind, status in zip(KINDS, expected, strict=True):
                path = pattern.format(**case.path(kind))
                answer = client.request(method, path, params=case.query(kind), json=case.body(kind))
                if answer.status_code != status:
                    wrong.append((name, PEOPLE[name], kind, status, answer.status_code, answer.text[:300]))
    assert not wrong


@pytest.mark.parametrize("route", sorted(CASES.keys() | STREAMED), ids=" ".join)
def test_nobody_and_a_wrong_token_are_let_in_nowhere(shared: World, route: tuple[str, str]) -> None:
    method, pattern = route
    path = pattern.format(
        device="vac-anna", customer="anna", product="software", user="sam", token=1, statement=1, case=1, promise=1,
        n=0, item="spare", order=1, webhook=1,
    )  # fmt: skip
    shared.app.state.services.throttle.forget()
    for headers in (
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Bearer"},
        {"Authorization": "Basic eDp5"},
    ):
        with shared.client() as client:
            answer = client.request(method, path, headers=headers)
        assert answer.status_code == 401, answer.text
        assert answer.headers["www-authenticate"]
        assert answer.json()["type"] == "urn:vop:problem:unauthenticated"


def test_an_inactive_user_and_a_revoked_token_end_at_once(world: World) -> None:
    assert world.call("tom", "GET", "/products").status_code == 200
    assert world.call("ada", "PATCH", "/users/tom", json={"active": False}).status_code == 200
    assert world.call("tom", "GET", "/products").status_code == 401
    issued = world.call("ada", "POST", "/tokens", json={"user": "sam", "label": "short"}).json()
    with world.client() as client:
        client.headers["Authorization"] = f"Bearer {issued['secret']}"
        assert client.get("/products").status_code == 200
        assert world.call("ada", "DELETE", f"/tokens/{issued['token']['token_id']}").status_code == 200
        assert client.get("/products").status_code == 401
