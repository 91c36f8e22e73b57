"""Every page in both languages: its HTML is whole, and a Persian page says nothing in English.

What is tested of one page is tested here of all, in one world; who may open which stands in test_page_roles.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import get_args

import httpx
import pytest

from api.console import catalogues
from api.permissions import RULES, is_page
from catalog.model import Role
from store import care, customers, tokens, users
from tests.integration.api.browsers import Browser, signed_in
from tests.integration.api.pages import VOID, Page, Tag, parsed
from tests.integration.api.world import OWNED_SINCE, World, now_ms

PAGES: dict[str, tuple[str, ...]] = {
    "/": ("/",),
    "/design": ("/design",),
    "/preferences": ("/preferences",),
    "/devices": ("/devices", "/devices?q=nothing-like-it"),
    "/devices/{device}": ("/devices/vac-anna", "/devices/spare", "/devices/no-such", "/devices/vac-anna?nonsense=1"),
    "/devices/{device}/events": ("/devices/vac-anna/events", "/devices/spare/events"),
    "/devices/{device}/gaps": ("/devices/vac-anna/gaps", "/devices/spare/gaps"),
    "/devices/{device}/usage": ("/devices/vac-anna/usage", "/devices/spare/usage"),
    "/devices/{device}/ownerships": ("/devices/vac-anna/ownerships", "/devices/spare/ownerships"),
    "/devices/{device}/credentials": ("/devices/vac-ben/credentials",),
    "/customers": ("/customers", "/customers?q=anna"),
    "/customers/{customer}": ("/customers/anna", "/customers/no-such"),
    "/customers/{customer}/usage": ("/customers/anna/usage",),
    "/customers/{customer}/care-team": ("/customers/anna/care-team",),
    "/customers/{customer}/comparison": ("/customers/anna/comparison",),
    "/devices/{device}/comparison": ("/devices/vac-anna/comparison", "/devices/spare/comparison"),
    "/statements/new": ("/statements/new", "/statements/new?customer=anna&device=vac-anna"),
    "/statements/{statement}": ("/statements/1", "/statements/3", "/statements/4"),
    "/cases": ("/cases", "/cases?mine=true&state=solved", "/cases?customer=anna&device=vac-anna"),
    "/cases/response-times": ("/cases/response-times",),
    "/cases/{case}": ("/cases/3", "/cases/4"),
    "/devices/{device}/adherence": ("/devices/pill-anna/adherence",),
    "/stock": ("/stock",),
    "/stock/{item}": ("/stock/spare",),
    "/orders": ("/orders", "/orders?state=received"),
    "/insights": ("/insights", "/insights?by=channel&group=batch", "/insights?by=lang"),
    "/contacts": ("/contacts",),
    "/products": ("/products",),
    "/products/{product}": tuple(
        f"/products/{key}" for key in ("robot_vacuum", "pill_dispenser", "software", "stock_sensor")
    ),
    "/deadletters": ("/deadletters", "/deadletters?reason=wrong_type&device=spare"),
    "/deadletters/replay": ("/deadletters/replay?id=1",),
    "/system": ("/system",),
    "/connect": ("/connect", "/connect?product=software"),
    "/connect/{device}/arrival": ("/connect/vac-anna/arrival", "/connect/spare/arrival"),
    "/users": ("/users",),
    "/users/{user}": ("/users/leaver",),
    "/users/{user}/suspend": ("/users/leaver/suspend",),
    "/users/{user}/tokens/{token}/revoke": ("/users/leaver/tokens/{token}/revoke",),
}
FORMS: tuple[tuple[str, dict[str, str], int], ...] = (
    ("/preferences/password", {"new": "short", "again": "other"}, 422),
    ("/connect/check", {"toml": "key = 1"}, 200),
    ("/connect/check", {"toml": "key ="}, 200),
    ("/connect", {"device": "new-{language}", "product": "software"}, 200),
    ("/connect", {"device": "vac-ben", "product": "software"}, 422),
    ("/customers", {"customer": "A B", "name": "", "zone": "Mars/Base", "language": "en", "week_start": "1"}, 422),
    ("/customers/anna/devices", {"device": "vac-ben", "day": ""}, 422),
    ("/users", {"name": "A B", "display_name": ""}, 422),
    ("/users/leaver/tokens", {"label": "one", "days": "1"}, 200),
    ("/devices/vac-ben/credentials", {"once": "sent-twice-in-{language}"}, 200),
    ("/devices/vac-ben/credentials", {"once": "sent-twice-in-{language}"}, 200),
    (
        "/statements/preview",
        {"customer": "anna", "device": "vac-anna", "channel": "phone", "text": "twice a week"},
        200,
    ),
    ("/statements/preview", {"customer": "anna", "channel": "app", "text": ""}, 422),
    ("/statements", {"customer": "anna", "channel": "owl", "text": "a", "said_on": "x"}, 422),
    ("/statements/3/split", {}, 409),
    ("/statements/3/claims", {"topic": "last_used", "low": "x"}, 422),
    ("/statements/3/claims/0", {"topic": "last_used", "low": "1", "unit": "item"}, 422),
    ("/statements/3/claims/0", {"do": "verdict", "verdict": "agrees"}, 422),
    ("/cases/3/promises", {"what": "", "due_on": "1999-01-01"}, 422),
    ("/cases/3/close", {"cause": "", "fix": ""}, 422),
    ("/cases/3/answers", {"channel": "owl"}, 422),
    ("/cases/3/reopen", {}, 409),
    ("/deadletters/replay", {"ids": "1"}, 200),
    ("/deadletters/replay", {}, 422),
)
"""Forms that answer with a page, by path, fields and status."""
NO_PAGES = {"/static/{version}/{path:path}", "/language/{language}"}
LANGUAGES = ("en", "fa")
EVERYBODY = "every-role"

_LATIN = re.compile(r"[A-Za-z]{2,}(?:['’.,:;]*[ \u00a0-]+[A-Za-z]{2,}){2,}")
"""Three Latin words in a row: a sentence, no name."""
_COMMAND = re.compile(r"\bvop( [a-z]+)+")
_SPOKEN = ("aria-label", "title", "placeholder", "alt", "data-copied", "data-on", "data-off", "data-ended")


@pytest.fixture(scope="module")
def told(shared: World) -> World:
    """A world in which there is something on every page, and somebody of every role."""
    with shared.database.connection() as conn:
        anna = customers.get(conn, "anna").customer_id
        user = users.create(conn, EVERYBODY, "Everybody", list(get_args(Role)))
        shared.tokens[EVERYBODY] = tokens.issue(conn, user.user_id, "test")[1]
        care.join(conn, user.user_id, anna, since=datetime.now(UTC) - OWNED_SINCE)
        tokens.issue(conn, users.create(conn, "leaver", "Leaver", ["stock"]).user_id, "test")
    at = now_ms() - 3_600_000
    values = {"cleaning_mode": "turbo", "battery_pct": 50, "undeclared_one": 1}
    shared.publish("vac-anna", {"ts": at, "boot": 1, "seq": 0, "values": values})
    state = {"online": True, "boot": 1, "conn": 1, "firmware": "1.2.3", "values": {"suction_level": "quiet"}}
    shared.publish("vac-anna", state, "state")
    events = [
        {"ts": at + 1, "boot": 1, "seq": 1, "kind": "consumable_reset", "attrs": {"part": "main_brush"}},
        {"ts": at + 2, "boot": 1, "seq": 3, "kind": "stuck", "attrs": {"cause": "cliff"}},
        {"ts": at + 3, "boot": 1, "seq": 4, "kind": "made_up", "attrs": {"why": 1}},
    ]
    shared.publish("vac-anna", events, "event")
    for wrong in ({"ts": "soon"}, {"values": {"battery_pct": "much"}}, {"values": 1}):
        shared.publish("vac-ben", {"ts": at, "boot": 1, "seq": 9, "values": {"battery_pct": 1}} | wrong)
    return shared


@pytest.fixture(scope="module")
def answers(told: World) -> dict[tuple[str, str], httpx.Response]:
    """Every page and the answer to every form, by language and address."""
    found: dict[tuple[str, str], httpx.Response] = {}
    with signed_in(told, EVERYBODY) as browser, Browser(told) as nobody:
        for language in LANGUAGES:
            for one in (browser, nobody):
                one.http.cookies.set("lang", language)
            found[language, "/sign-in"] = nobody.get("/sign-in")
            found[language, "/sign-in wrong"] = nobody.send("/sign-in", {"token": "wrong"})
            token = told.get("ada", "/tokens", user="leaver")["items"][0]["token_id"]
            for path in (path for paths in PAGES.values() for path in paths):
                found[language, path] = browser.get(path.format(token=token))
            for number, (path, fields, _) in enumerate(FORMS):
                said = {name: value.format(language=language) for name, value in fields.items()}
                found[language, f"{path} {number}"] = browser.submit(path, **said)
    return found


def test_every_page_is_looked_at() -> None:
    there = {path for method, path in RULES if method == "GET" and is_page(path)}
    assert there == PAGES.keys() | NO_PAGES | {"/sign-in"}


def test_every_page_answers(answers: dict[tuple[str, str], httpx.Response]) -> None:
    for (language, path), answer in answers.items():
        number = path.rpartition(" ")[2]
        due = FORMS[int(number)][2] if number.isdigit() else 404 if "no-such" in path else None
        due = due or {"/devices/vac-anna?nonsense=1": 422, "/sign-in wrong": 401}.get(path, 200)
        assert answer.status_code == due, (language, path, answer.text)
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert f'<html lang="{language}" dir="{"rtl" if language == "fa" else "ltr"}"' in answer.text or (
            path.endswith("/arrival")
        )


def test_every_template_is_shown_in_both_languages(told: World, answers: dict[tuple[str, str], httpx.Response]) -> None:
    assert answers
    for language in LANGUAGES:
        made = told.app.state.console.environments[language]
        shown = {name for _, name in made.cache.keys()}  # noqa: SIM118  # no mapping: it has no other way
        assert set(made.list_templates()) <= shown, language


class _Strict(HTMLParser):
    """What of a page is not closed, or closed twice."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID and "svg" not in self.open:
            self.wrong.append(f"<{tag}/>")

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()
        else:
            self.wrong.append(f"</{tag}> at {self.getpos()}")


def _whole(html: str) -> Iterator[str]:
    strict = _Strict()
    strict.feed(html)
    strict.close()
    yield from strict.wrong + strict.open
    page = parsed(html)
    ids = [tag.attributes["id"] for tag in page.tags if tag.attributes.get("id")]
    yield from sorted({f"#{name} twice" for name in ids if ids.count(name) > 1})
    for tag in page.tags:
        named = tag.attributes
        for attribute in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
            yield from (f"{attribute} of no #{name}" for name in named.get(attribute, "").split() if name not in ids)


def test_every_page_is_whole(answers: dict[tuple[str, str], httpx.Response]) -> None:
    wrong = {address: found for address, answer in answers.items() if (found := list(_whole(answer.text)))}
    assert wrong == {}


def _is_foreign(around: tuple[Tag, ...]) -> bool:
    """Whether it says of itself that it is no Persian: data, or a sentence of a program."""
    return any(
        tag.name in ("bdi", "code", "pre", "textarea", "script", "style")
        or tag.attributes.get("dir") == "ltr"
        or tag.attributes.get("lang") == "en"
        for tag in around
    )


def _english(page: Page) -> list[str]:
    said = [text for text, around in page.texts if not _is_foreign(around)]
    for tag in page.tags:
        if not _is_foreign((*tag.within, tag)):
            said += [tag.attributes[name] for name in _SPOKEN if name in tag.attributes]
    return [text.strip() for text in said if _LATIN.search(_COMMAND.sub("", text))]


def test_a_persian_page_says_nothing_in_english(answers: dict[tuple[str, str], httpx.Response]) -> None:
    english = {
        path: found
        for (language, path), answer in answers.items()
        if language == "fa" and (found := _english(parsed(answer.text)))
    }
    assert english == {}


def test_an_english_sentence_is_noticed() -> None:
    assert _english(parsed("<p>Nobody said this</p><p lang=en>Nor that at all</p><bdi>one of us</bdi>")) == [
        "Nobody said this"
    ]
    assert _english(parsed('<button aria-label="Look at this" dir="auto">نه</button>')) == ["Look at this"]
    assert catalogues.load("fa").gettext("Devices") == "دستگاه‌ها"


@pytest.mark.parametrize(("language", "words"), [("en", "Main brush"), ("fa", "برس اصلی")])
def test_a_word_of_an_enum_is_told_in_the_reader_s_language(
    answers: dict[tuple[str, str], httpx.Response], language: str, words: str
) -> None:
    events = answers[language, "/devices/vac-anna/events"].text
    assert f"<bdi>{words}</bdi>" in events
    assert "main_brush" not in events
    now = answers[language, "/devices/vac-anna"].text
    for key in ("cleaning_mode", "suction_level"):
        assert f"<bdi>{key}</bdi>" not in now
    turbo, quiet = {"en": ("Turbo", "Quiet"), "fa": ("توربو", "بی‌صدا")}[language]
    assert f'<bdi class="value"><bdi>{turbo}</bdi></bdi>' in now
    assert f"<dd><bdi>{quiet}</bdi></dd>" in now
    assert "data-spoken=" in now
    product = answers[language, "/products/robot_vacuum"].text
    assert f"<bdi>{words}</bdi>" in product
    assert "main_brush" in product


def test_json_and_csv_keep_the_word(told: World) -> None:
    found = told.get("sam", "/devices/vac-anna")
    assert found["latest"]["cleaning_mode"]["value"] == "turbo"
    assert found["reported"]["values"]["suction_level"] == "quiet"
    assert "turbo" in told.call("sam", "GET", "/devices/vac-anna/rows.csv").text
