from __future__ import annotations

import httpx
import pytest

from api.permissions import RULES, By
from api.problems import KINDS, TYPE_PREFIX
from tests.integration.api.world import API, PEOPLE, SAID, World, serve
from tests.platform_services import Server

ROUTES = sorted(route for route, rule in RULES.items() if rule.by is By.USER and route[1].startswith(API))


def _problem(answer: httpx.Response, slug: str) -> dict[str, object]:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    body: dict[str, object] = answer.json()
    kind = KINDS[slug]
    assert (body["type"], body["title"], body["status"]) == (TYPE_PREFIX + slug, kind.title, kind.status)
    assert answer.status_code == kind.status
    assert body["request_id"] == answer.headers["x-request-id"]
    return body


@pytest.mark.parametrize("route", ROUTES, ids=" ".join)
def test_an_unknown_query_parameter_is_refused_everywhere(shared: World, route: tuple[str, str]) -> None:
    method, pattern = route
    who = next(name for name, role in PEOPLE.items() if role in RULES[route].roles)
    numbers = dict.fromkeys(("statement", "case", "promise", "order", "webhook"), SAID["vac-anna"])
    things = {"device": "vac-anna", "customer": "anna", "product": "software", "user": "sam", "token": 1, "n": 0}
    things |= {"item": "spare"}
    path = pattern.removeprefix(API).format(**things, **numbers)
    body: dict[str, str] | None = None if method in ("GET", "DELETE") else {}
    answer = shared.call(who, method, path, params={"nonsense": 1, "signal": "x"}, json=body)
    assert "nonsense" in str(_problem(answer, "unknown-parameter")["detail"])


def test_telemetry_refuses_unknown_parameters_too(shared: World) -> None:
    auth = ("vac-anna", shared.secrets["vac-anna"])
    answer = httpx.post(f"{shared.url}{API}/telemetry", params={"chanel": "event"}, auth=auth, json={})
    _problem(answer, "unknown-parameter")


@pytest.mark.parametrize("path", ["/devices", "/devices/vac-anna/events", "/devices/vac-anna/timeline", "/customers"])
@pytest.mark.parametrize("cursor", ["x", "", "W10", "WyJkZXZpY2VzIiwxXQ", "é", "AAAA", "null"])
def test_a_broken_cursor_is_the_clients_mistake(shared: World, path: str, cursor: str) -> None:
    _problem(shared.call("sam", "GET", path, params={"cursor": cursor}), "bad-cursor")


@pytest.mark.parametrize(
    ("path", "query", "slug"),
    [
        ("/devices", {"limit": 501}, "invalid-request"),
        ("/devices", {"limit": 0}, "invalid-request"),
        ("/devices", {"q": "a\0b"}, "invalid-request"),
        ("/devices", {"status": "asleep"}, "invalid-request"),
        ("/devices/vac-anna/history", {}, "invalid-request"),
        ("/devices/vac-anna/history", {"signal": "battery_pct", "points": 5001}, "invalid-request"),
        ("/devices/vac-anna/history", {"signal": "battery_pct", "from": "yesterday"}, "invalid-request"),
        ("/devices/vac-anna/history", {"signal": "no_such"}, "not-found"),
        ("/devices/vac-anna/usage", {"from": "2026-01-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"}, "bad-period"),
        ("/devices/vac-anna/usage", {"from": "2000-01-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"}, "bad-period"),
        ("/devices/vac-anna/usage", {"per": "fortnight"}, "invalid-request"),
        ("/devices/nothing", {}, "not-found"),
        ("/devices/no%20thing", {}, "invalid-request"),
        ("/nothing", {}, "not-found"),
    ],
)
def test_what_cannot_be_used_is_told_as_its_kind(shared: World, path: str, query: dict[str, object], slug: str) -> None:
    _problem(shared.call("sam", "GET", path, params=query), slug)


def test_a_validation_error_says_where_and_never_repeats_the_value(shared: World) -> None:
    body = {"customer": "new", "name": "", "zone": 5, "language": "SECRET-VALUE", "colour": "SECRET-VALUE"}
    answer = shared.call("sam", "POST", "/customers", json=body)
    problem = _problem(answer, "invalid-request")
    faults = problem["errors"]
    assert isinstance(faults, list)
    assert {fault["where"] for fault in faults} == {"body.name", "body.zone", "body.language", "body.colour"}
    assert "SECRET-VALUE" not in answer.text


@pytest.mark.parametrize("content", [b"{", b"\xff", b'{"a":' * 5000, b"nul"])
def test_a_body_that_is_not_json_is_refused(shared: World, content: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = shared.call("sam", "POST", "/customers", content=content, headers=headers)
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_wrong_method_is_told_which_are_right(shared: World) -> None:
    answer = shared.call("sam", "PATCH", "/products")
    _problem(answer, "method-not-allowed")
    assert answer.headers["allow"] == "GET"


def test_a_large_body_is_refused_declared_or_not(shared: World) -> None:
    most = shared.app.state.services.settings.max_body_bytes
    _problem(shared.call("sam", "POST", "/customers", content=b" " * (most + 1)), "body-too-large")
    pieces = (b" " * 65_536 for _ in range(most // 65_536 + 1))
    headers = {"Content-Type": "application/json"}
    _problem(shared.call("sam", "POST", "/customers", content=pieces, headers=headers), "body-too-large")


def test_every_answer_has_its_headers(shared: World) -> None:
    for path in (f"{API}/products", f"{API}/nothing", "/healthz"):
        answer = httpx.get(shared.url + path, headers={"X-Request-ID": "mine-1"})
        assert answer.headers["x-request-id"] == "mine-1"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "access-control-allow-origin" not in answer.headers
        assert "server" not in answer.headers
    odd = httpx.get(f"{shared.url}/healthz", headers={"X-Request-ID": 'a" onclick="'})
    assert len(odd.headers["x-request-id"]) == 32


def test_while_the_database_is_away_requests_are_sent_away_and_then_served(pg_server: Server, database: str) -> None:
    with serve(database) as world:
        services = world.app.state.services
        assert httpx.get(f"{world.url}/readyz").status_code == 200
        away = pg_server.url("no_such_database")
        from store.database import Database

        with Database(away, max_size=2) as nowhere:
            object.__setattr__(services, "database", nowhere)
            for answer in (
                world.call("sam", "GET", "/devices"),
                httpx.get(f"{world.url}/readyz"),
                httpx.post(f"{world.url}{API}/telemetry", json={}, auth=("vac-anna", "x"), timeout=30),
            ):
                _problem(answer, "database-away")
                assert int(answer.headers["retry-after"]) > 0
            assert httpx.get(f"{world.url}/healthz").status_code == 200
            object.__setattr__(services, "database", world.database)
        assert world.call("sam", "GET", "/devices").status_code == 200


def test_a_fault_of_ours_tells_nothing_but_its_number(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from store import customers

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("personal detail")

    monkeypatch.setattr(customers, "search", broken)
    answer = world.call("sam", "GET", "/customers")
    _problem(answer, "internal-error")
    assert "personal" not in answer.text
    metrics = httpx.get(f"{world.url}/metrics").text
    assert 'vop_api_requests_total{method="GET",route="/api/v1/customers",status="500"} 1.0' in metrics
