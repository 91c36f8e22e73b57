"""Customers speak through the API, once, and those who may write it down do so."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, Self

import pytest

import catalog
from device_sim import Fleet, fleet
from device_sim.speech import statements
from vop.demo import desk, voices
from vop.demo.errors import Unanswered

TOKENS = {"support": "s", "clinician": "c", "stock": "t"}
EPOCH = date(2026, 1, 1)


@cache
def simulated() -> Fleet:
    return fleet(catalog.load(), 12, 90, 1, epoch=EPOCH)


@dataclass
class Server:
    """Answers as the API does, and remembers."""

    calls: list[tuple[str, str, str, Any]] = field(default_factory=list)
    refs: dict[str, int] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    promises: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    regimens: dict[str, Any] = field(default_factory=dict)
    stock: dict[str, Any] = field(default_factory=dict)
    consents: set[str] = field(default_factory=lambda: {"newsletter"})
    away: int = 0
    """Requests that are not answered."""

    def client(self, _url: str, token: str) -> Client:
        return Client(self, token)

    def made(self, method: str, ending: str) -> list[tuple[str, str, str, Any]]:
        return [call for call in self.calls if call[1] == method and call[2].endswith(ending)]


@dataclass
class Client:
    server: Server
    token: str

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def call(self, method: str, path: str, body: Any = None) -> Any:
        server = self.server
        if server.away:
            server.away -= 1
            raise Unanswered("nobody there")
        server.calls.append((self.token, method, path, body))
        if path == "/statements":
            number = server.refs.setdefault(body["ref"], len(server.refs))
            verdict = {"verdict": "agrees", "because": {"en": "So it is."}}
            return {"case": number // 2, "claims": [{"topic": "usage_frequency", "verdict": verdict}]}
        if path.endswith("/regimen"):
            if method == "PUT":
                assert self.token == "c"
                server.regimens[path] = body["items"]
            return {"items": server.regimens.get(path, [])}
        if path.startswith("/stock/"):
            assert self.token == "t"
            if method == "PUT":
                server.stock[path] = body
            return {"terms": server.stock.get(path)}
        if path.endswith("/close"):
            if path in server.closed:
                raise Unanswered("solved already", 409)
            server.closed.add(path)
        if path.endswith("/promises"):
            server.promises.setdefault(path.removesuffix("/promises"), []).append(body)
            return {"promise": 1}
        return {
            "consents": [{"purpose": purpose, "until": None} for purpose in server.consents],
            "promises": server.promises.get(path, []),
        }


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    made = Server()
    monkeypatch.setattr(voices, "Api", made.client)
    monkeypatch.setattr(time, "sleep", lambda _s: None)
    return made


def speak(advance: Callable[[int, int], None] = lambda _said, _of: None) -> voices.Heard:
    end = datetime(EPOCH.year, EPOCH.month, EPOCH.day, tzinfo=UTC) + timedelta(days=90)
    return voices.speak("http://127.0.0.1:1", TOKENS, simulated(), advance, lambda: end)


def test_everything_is_said_by_those_who_may_hear_it(server: Server) -> None:
    steps: list[tuple[int, int]] = []
    heard = speak(lambda said, of: steps.append((said, of)))
    said = statements(simulated())
    assert heard.statements == len(said) == len(server.refs) > 20
    assert steps[-1] == (len(said), len(said))
    posted = server.made("POST", "/statements")
    assert {token for token, _, _, body in posted if body["device"].startswith("pd-")} == {"c"}
    assert {token for token, _, _, body in posted if not body["device"].startswith("pd-")} == {"s"}
    assert all(body.get("answered_at", "9") > body["said_at"] for *_, body in posted)
    assert {body["device"]: body["text"] for *_, body in posted if body["ref"].endswith("-story")} == {
        "rv-0001": "Honestly, I only use it two or three times a month.", "pd-0001": "I take every pill.",
    }  # fmt: skip
    assert [device for device, *_ in heard.stories] == ["rv-0001", "pd-0001"]
    silent = sum(not statement.said for statement in said)
    assert 0.15 < silent / len(said) < 0.5


def test_customers_agree_to_it_beside_what_they_agreed_to_before(server: Server) -> None:
    speak()
    assert all(body == {"purposes": ["compare_usage", "newsletter"]} for *_, body in server.made("PUT", "/consents"))
    server.consents, server.calls = {"compare_usage"}, []
    speak()
    assert not server.made("PUT", "/consents")


def test_what_is_prescribed_is_said_once(server: Server) -> None:
    speak()
    dispensers = [device.device for device in simulated().devices if device.product == "pill_dispenser"]
    assert [path for *_, path, _ in server.made("PUT", "/regimen")] == [f"/devices/{d}/regimen" for d in dispensers]
    clocks = {dose["at"] for items in server.regimens.values() for dose in items[0]["doses"]}
    assert "08:00" in clocks <= {"08:00", "13:30", "20:00", "20:30"}
    server.calls.clear()
    speak()
    assert not server.made("PUT", "/regimen")


def test_how_each_item_is_ordered_is_said_once(server: Server) -> None:
    speak()
    sensors = [device.device for device in simulated().devices if device.product == "stock_sensor"]
    assert list(server.stock) == [f"/stock/{device}" for device in sensors]
    assert len({body["sku"] for body in server.stock.values()}) == len(sensors)
    server.calls.clear()
    speak()
    assert not [call for call in server.calls if call[1] == "PUT" and call[2].startswith("/stock/")]


def test_some_cases_are_closed_and_some_hold_a_promise(server: Server) -> None:
    heard = speak()
    stories = {f"/cases/{case.case}" for case in heard.cases.values() if case.is_story}
    assert len(server.closed) >= 3
    assert not {path.removesuffix("/close") for path in server.closed} & stories
    assert stories <= server.promises.keys()
    causes = [body for *_, body in server.made("POST", "/close")]
    assert {body["fix"] for body in causes} <= {"command", "firmware", "visit", "advice"}
    assert all(body["cause"] for body in causes)
    fates = Counter(body["what"] for made in server.promises.values() for body in made)
    assert len(fates) >= 3
    assert server.made("POST", "/keep")


def test_a_start_that_was_interrupted_says_nothing_twice(server: Server) -> None:
    speak()
    refs, promised = dict(server.refs), {path: list(made) for path, made in server.promises.items()}
    speak()
    assert (server.refs, server.promises) == (refs, promised)


def test_an_api_that_is_started_again_is_waited_for(server: Server) -> None:
    server.away = 3
    assert speak().statements == len(statements(simulated()))


def test_one_that_says_no_is_not(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_self: Client, _method: str, path: str, _body: Any = None) -> Any:
        raise Unanswered(f"{path}: 403", 403)

    monkeypatch.setattr(Client, "call", refuse)
    with pytest.raises(Unanswered, match="403"):
        speak()


def test_answers_come_after_what_was_said_and_some_never() -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    given = [desk.answered("phone", chance, at) for chance in range(90)]
    assert given.count(None) == 10
    assert all(at < moment < at + timedelta(hours=1) for moment in given if moment is not None)
