"""Problems told to people: every kind in their language, and addresses that end in a slash."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from starlette.requests import Request
from starlette.testclient import TestClient

import catalog
from api import errors, problems
from api.app import create_app
from api.console import catalogues, problem_pages
from api.settings import Settings
from store.database import Database

NOWHERE = "postgresql://nobody@127.0.0.1:1/nowhere"
DETAIL = "a detail as programs read it"
PERSIAN = re.compile("[\u0600-\u06ff]{2,}")


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(create_app(Settings(), catalog.load(), Database(NOWHERE)), follow_redirects=False)


def _kinds(root: type[errors.Refused]) -> Iterator[str]:
    yield root.kind
    for below in root.__subclasses__():
        yield from _kinds(below)


def test_whatever_is_raised_is_a_kind_with_words() -> None:
    raised = {*_kinds(errors.Refused), *(slug for slug, _ in problems._STORED.values()), *problems._VOICE.values()}
    assert raised | set(problems._BY_STATUS.values()) <= problems.KINDS.keys()
    assert problem_pages.WORDS.keys() == problems.KINDS.keys()


@pytest.mark.parametrize("slug", problems.KINDS)
def test_every_problem_is_told_in_persian(client: TestClient, slug: str) -> None:
    scope = {
        "type": "http", "method": "POST", "path": "/sign-in", "raw_path": b"/sign-in", "query_string": b"",
        "headers": [(b"cookie", b"lang=fa")], "app": client.app, "state": {},
    }  # fmt: skip
    made = problem_pages.retold(Request(scope), problems.response(slug, DETAIL, request_id="r-1"))
    shown = bytes(made.body).decode()
    assert made.status_code == problems.KINDS[slug].status
    words, texts = problem_pages.WORDS[slug], catalogues.load("fa")
    for english in words:
        persian = texts.gettext(english)
        assert PERSIAN.search(persian), english
        assert persian in shown
        assert english not in shown
    # What it says beyond that is for whoever looks after it: folded, and marked as what it is.
    detail = DETAIL[:1].upper() + DETAIL[1:]
    assert re.search(rf'<details>\s*<summary>[^a-z<]+</summary>\s*<div lang="en" dir="ltr">\s*<p>{detail}', shown)


@pytest.mark.parametrize("slug", ["not-found", "bad-period", "internal-error"])
def test_programs_are_told_in_english(client: TestClient, slug: str) -> None:
    scope = {"type": "http", "method": "GET", "path": "/api/v1/devices", "headers": [(b"accept-language", b"fa")]}
    answer = problems.response(slug, DETAIL, request_id="r-1")
    assert problem_pages.retold(Request(scope), answer) is answer
    assert not PERSIAN.search(bytes(answer.body).decode())


@pytest.mark.parametrize(
    ("address", "there"),
    [
        ("/devices/", "/devices"),
        ("/devices/rv-0001/", "/devices/rv-0001"),
        ("/devices/rv-0001/events/?kind=stuck&kind=freed", "/devices/rv-0001/events?kind=stuck&kind=freed"),
        ("/customers/anna//", "/customers/anna"),
        ("/devices/a%2Db/", "/devices/a%2Db"),
        ("/nothing/", "/nothing"),
    ],
)
def test_a_slash_at_the_end_leads_to_the_page(client: TestClient, address: str, there: str) -> None:
    for method in ("GET", "HEAD"):
        answer = client.request(method, address)
        assert (answer.status_code, answer.headers["location"]) == (308, there)


@pytest.mark.parametrize(
    "path",
    [
        "//example.org/", "///example.org/", "/%2fexample.org/", "/%2F%2Fexample.org/", "/%5Cexample.org/",
        "/\\example.org/", "/%09/example.org/", "/devices/%0d%0aLocation:%20x/", "//", "/api/v1/devices/", "/nothing",
    ],
)  # fmt: skip
def test_no_slash_leads_elsewhere(client: TestClient, path: str) -> None:
    answer = client.get(f"http://testserver{path}")
    assert answer.status_code == 404
    assert "location" not in answer.headers


def test_what_changes_something_is_not_sent_on(client: TestClient) -> None:
    assert client.post("/devices/rv-0001/credentials/").status_code == 404
