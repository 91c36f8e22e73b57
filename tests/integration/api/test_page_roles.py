"""Every page and every form, every role, on its own object, another's and an absent one; and nobody.

What is expected stands in page_cases.py, a second time on purpose, as in test_roles.py: a slip in
`api/permissions.py` must not be its own proof.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from api.permissions import RULES, is_page
from api.sessions.origins import csrf_token
from store import users
from tests.integration.api.browsers import Browser, signed_in
from tests.integration.api.page_cases import CASES, LEAVER, OPEN, Case
from tests.integration.api.pages import Page, parsed
from tests.integration.api.test_roles import ALL, KINDS, LETTERS, Kind
from tests.integration.api.world import API, World, now_ms

SECRET = "the-habit-of-anna"
"""Said by her dispenser, where it tells of a person."""
NAMED = {"Anna Example": "SCR", "Ben Example": "S", SECRET: "CR"}
"""Who may read this anywhere at all: support every name, a care team that of its customer."""


@pytest.fixture(scope="module")
def told(shared: World) -> World:
    """The shared world, in which devices have said something and some of it was refused."""
    with shared.database.connection() as conn:
        users.create(conn, LEAVER, "Leaver", ["stock"])
    at = now_ms() - 3_600_000
    for device in ("pill-anna", "pill-ben", "vac-anna", "vac-ben"):
        shared.publish(device, {"ts": at, "boot": 1, "seq": 0, "values": {"rssi_dbm": -60, "doses_remaining": 12}})
        state = {"online": True, "boot": 1, "conn": 1, "values": {"habit": SECRET}, "firmware": "1.2.3"}
        shared.publish(device, state if device == "pill-anna" else {"online": True, "boot": 1, "conn": 1}, "state")
    events: list[dict[str, Any]] = [
        {"ts": at + 1, "boot": 1, "seq": 1, "kind": "dose_taken", "attrs": {"doses": 1}},
        {"ts": at + 2, "boot": 1, "seq": 2, "kind": "jam_detected", "attrs": {}},
        {"ts": at + 3, "boot": 1, "seq": 3, "kind": "noted", "attrs": {"note": SECRET}},
    ]
    assert shared.publish("pill-anna", events, "event")["stored"] == 3
    for device in ("pill-anna", "vac-ben"):
        said = shared.publish(
            device,
            {"ts": "soon", "boot": 1, "seq": 9, "values": {"note": SECRET[: 4 if device != "pill-anna" else None]}},
        )
        assert said["rejected"], said
    return shared


@pytest.fixture(scope="module")
def browsers(shared: World) -> Iterator[dict[str, Browser]]:
    """One browser for each letter, signed in."""
    with ExitStack() as stack:
        yield {letter: stack.enter_context(signed_in(shared, name)) for letter, name in LETTERS.items()}


def asked(
    browser: Browser, route: tuple[str, str], case: Case, kind: Kind, *, csrf: bool = True, **headers: str
) -> httpx.Response:
    """The answer to `case` of an object of this kind."""
    method, pattern = route
    path = pattern.format(**case.path(kind))
    if method == "GET":
        return browser.get(path, params=case.query(kind), headers=headers)
    token = {"csrf": csrf_token(browser.session or "")} if csrf else {}
    return browser.send(path, case.form(kind) | token, headers=headers)


def test_every_page_and_form_has_its_case() -> None:
    there = {route for route in RULES if is_page(route[1])}
    assert there == CASES.keys() | OPEN
    assert not CASES.keys() & OPEN


@pytest.mark.parametrize(
    ("route", "case"),
    [(route, case) for route, cases in CASES.items() for case in cases],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_each_role_gets_what_it_is_due(
    told: World, browsers: dict[str, Browser], route: tuple[str, str], case: Case
) -> None:
    wrong: list[tuple[object, ...]] = []
    for letter, name in LETTERS.items():
        browser = signed_in(told, name) if case.ends_session else browsers[letter]
        may = letter in case.letters
        due = case.instead.get(letter, case.expected) if may else tuple(403 for _ in case.expected)
        for kind, status in zip(KINDS, due, strict=False):
            if route[0] == "POST":
                without = asked(browser, route, case, kind, csrf=False)
                if without.status_code != 403:
                    wrong.append((name, kind, "without the token of its session", without.status_code))
            answer = asked(browser, route, case, kind)
            if answer.status_code != status:
                wrong.append((name, kind, status, answer.status_code))
            if status != 303 and not answer.headers["content-type"].startswith("text/html"):
                wrong.append((name, kind, "a page", answer.headers["content-type"]))
            wrong += [
                (name, kind, "hidden", text) for text, who in NAMED.items() if letter not in who and text in answer.text
            ]
            if answer.status_code in (403, 404):
                wrong += [(name, kind, "refused, and told", text) for text in NAMED if text in answer.text]
        if case.ends_session:
            browser.http.close()
    assert not wrong


@pytest.mark.parametrize("route", sorted(CASES), ids=" ".join)
def test_nobody_is_sent_to_sign_in_and_back(told: World, route: tuple[str, str]) -> None:
    """Whatever they bring along that is no session: nothing, one that has ended, a made-up token."""
    case = CASES[route][0]
    strangers: tuple[dict[str, str], ...] = (
        {},
        {"Cookie": f"vop_session={'A' * 43}"},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Basic eDp5"},
    )
    with Browser(told) as browser:
        for headers in strangers:
            for csrf in (True, False):
                answer = asked(browser, route, case, "own", csrf=csrf, **headers)
                assert answer.status_code == 303, (headers, answer.status_code)
                wanted = answer.request.url.raw_path.decode()
                back = f"?next={quote(wanted, safe='/')}" if route[0] == "GET" else ""
                assert answer.headers["location"] == f"/sign-in{back}"
                assert answer.text == ""
                by_htmx = asked(browser, route, case, "own", csrf=csrf, **headers, **{"HX-Request": "true"})
                assert (by_htmx.status_code, by_htmx.headers["hx-redirect"]) == (401, "/sign-in")
                assert by_htmx.text == ""
        told.app.state.services.throttle.forget()


def test_what_is_open_to_everybody_shows_nothing_of_anybody(told: World) -> None:
    with Browser(told) as browser:
        for path in ("/sign-in", "/sign-in?next=/customers/anna", "/language/fa", "/nothing"):
            text = browser.get(path).text
            for name in (*NAMED, "vac-anna", "anna", "Sam"):
                assert name not in text.replace("/customers/anna", ""), (path, name)


def of_pages(letter: str) -> Iterator[str]:
    """The address of every page that this letter may open, of every kind of object that is there."""
    for (method, pattern), cases in CASES.items():
        for case in cases if method == "GET" else ():
            due = case.instead.get(letter, case.expected) if letter in case.letters else ()
            for kind, status in zip(KINDS, due, strict=False):
                if status == 200 and kind != "absent":
                    query = httpx.QueryParams(case.query(kind))
                    yield pattern.format(**case.path(kind)) + (f"?{query}" if query else "")


def rule_of(method: str, path: str) -> tuple[str, str] | None:
    """The row that a path falls under; what is written out before what is a part."""
    fits = [
        route
        for route in RULES
        if route[0] == method
        and re.fullmatch(re.sub(r"\{\w+(:path)?\}", lambda p: ".+" if p[1] else "[^/]+", route[1]), path)
    ]
    return min(fits, key=lambda route: route[1].count("{"), default=None)


@pytest.mark.parametrize("letter", [*ALL, "stranger"])
def test_no_page_offers_what_its_reader_may_not_do(told: World, browsers: dict[str, Browser], letter: str) -> None:
    """Every link, form and part that is loaded later leads to something that answers this very reader."""
    wrong: set[tuple[str, str, object]] = set()
    found: dict[tuple[str, str], str] = {}
    with ExitStack() as stack:
        stranger = letter == "stranger"
        browser = stack.enter_context(signed_in(told, letter)) if stranger else browsers[letter]
        at = list(of_pages("C" if stranger else letter))
        if stranger:  # a clinician who cares for nobody
            theirs = re.compile(r"/(usage|comparison|adherence)$|/(statements|cases)/\d|[?&]customer=")
            at = [path for path in at if not theirs.search(path)]
        for path in at:
            answer = browser.get(path)
            assert answer.status_code == 200, path
            for method, target in offered(parsed(answer.text)):
                found.setdefault((method, stripped(target)), f"{path} offers {method} {target}")
        assert found
        for (method, target), told_by in found.items():
            row = rule_of(method, target.partition("?")[0])
            if row is None:
                wrong.add((told_by, method, "no such route"))
            elif RULES[row].roles and not RULES[row].roles & roles_of(letter):
                wrong.add((told_by, method, "not for this role"))
            elif method == "GET" and not target.startswith((f"{API}/stream", "/static/")):
                status = browser.get(target).status_code
                if status not in (200, 204, 303):
                    wrong.add((told_by, method, status))
    assert not wrong


def roles_of(letter: str) -> set[str]:
    return {
        {
            "A": "admin",
            "S": "support",
            "M": "maintenance",
            "C": "clinician",
            "R": "carer",
            "T": "stock",
            "Q": "quality",
        }.get(letter, "clinician")
    }


def stripped(target: str) -> str:
    """Without the fragment, and without the moments that differ from page to page."""
    path, _, query = target.partition("#")[0].partition("?")
    kept = "&".join(part for part in query.split("&") if part and part.partition("=")[0] not in ("from", "to"))
    return f"{path}?{kept}" if kept else path


def offered(page: Page) -> Iterator[tuple[str, str]]:
    """What a person, or the page's own scripts, can ask for from here."""
    for tag in page.tags:
        name, given = tag.name, tag.attributes
        if name == "a" and "href" in given:
            if not given["href"].startswith("#"):
                yield "GET", given["href"]
        elif name == "form":
            method = given.get("method", "get").upper()
            yield method, given.get("action", "") if method == "POST" else given["action"].partition("?")[0]
        elif name == "link" and given["href"].startswith(API):
            yield "GET", given["href"]
        for verb in ("get", "post", "put", "patch", "delete"):
            if f"hx-{verb}" in given:
                yield verb.upper(), given[f"hx-{verb}"]
        if "data-chart" in given:
            start = f"{API}/devices/{quote(given['data-device'])}"
            yield "GET", f"{start}/history?signal={given['data-signal']}"
            yield "GET", f"{start}/gaps"
        if "data-live-devices" in given:
            yield "GET", f"{API}/stream?device={quote(given['data-live-devices'])}"


TWINS = sorted(path for method, path in RULES if method == "GET" and is_page(path) and ("GET", API + path) in RULES)


@pytest.mark.parametrize("pattern", TWINS)
def test_a_page_has_the_row_of_the_json_beside_it(pattern: str) -> None:
    assert RULES["GET", pattern] == RULES["GET", API + pattern]


PERSONAL = [pattern for pattern in TWINS if RULES["GET", pattern].personal]


@pytest.mark.parametrize("pattern", PERSONAL)
def test_who_reads_a_page_is_on_record_as_who_reads_the_json(
    told: World, browsers: dict[str, Browser], pattern: str
) -> None:
    for case in CASES["GET", pattern]:
        for letter in LETTERS:
            for kind in KINDS:
                path = pattern.format(**case.path(kind))
                query = case.query(kind)
                by_page = recorded(told, browsers[letter], path, query)
                by_json = recorded(told, browsers[letter], API + path, query)
                assert by_page == by_json, (letter, kind)
                assert by_page


def recorded(world: World, browser: Browser, path: str, query: dict[str, str]) -> list[tuple[object, ...]]:
    """What reading `path` leaves in the audit log."""
    with world.database.connection() as conn:
        newest = conn.execute("SELECT coalesce(max(audit_id), 0) FROM audit").fetchone()
    browser.get(path, params=query)
    with world.database.connection() as conn:
        return sorted(
            conn.execute(
                """SELECT actor, roles, action, object_type, object, coalesce(customer, ''), outcome FROM audit
                   WHERE audit_id > %s""",
                newest,
            ).fetchall()
        )
