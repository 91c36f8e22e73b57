from __future__ import annotations

import pytest
from fastapi import FastAPI

import catalog
from api.app import create_app
from api.permissions import API, RULES, By, UnlistedRoute, check
from api.settings import Settings
from store.database import Database

NOWHERE = "postgresql://nobody@127.0.0.1:1/nowhere"


def _app() -> FastAPI:
    return create_app(Settings(), catalog.load(), Database(NOWHERE))


def test_a_route_without_a_row_does_not_start() -> None:
    app = _app()

    @app.get("/api/v1/backdoor")
    def backdoor() -> None:
        """Open to whoever finds it."""

    with pytest.raises(UnlistedRoute, match="backdoor"):
        check(app.routes)


def test_a_row_without_a_route_does_not_start() -> None:
    app = _app()
    app.router.routes.pop()
    with pytest.raises(UnlistedRoute, match="rows without a route"):
        check(app.routes)


def test_every_write_is_audited_but_what_devices_say() -> None:
    silent = {
        route
        for route, rule in RULES.items()
        if route[0] != "GET" and rule.by is By.USER and (rule.action is None or rule.roles == frozenset())
    }
    changes_nothing = {
        ("POST", "/connect/check"),
        ("POST", f"{API}/products/check"),
        ("POST", f"{API}/claims/extract"),
    }
    assert silent == changes_nothing


def test_problems_and_answers_share_no_name_in_the_document() -> None:
    schemas = _app().openapi()["components"]["schemas"]
    assert set(schemas["Mistake"]["properties"]) == {"where", "what"}
    assert set(schemas["Fault"]["properties"]) >= {"kind", "opened_by"}


def test_the_document_says_who_may_and_how() -> None:
    document = _app().openapi()
    assert document["openapi"].startswith("3.1")
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            rule = RULES[method.upper(), path]
            assert set(operation.get("x-roles", [])) == rule.roles
            assert bool(operation["security"]) == (rule.by is not By.NOTHING)
            assert operation["responses"]["default"]["content"]["application/problem+json"]
            assert "422" not in operation["responses"]
