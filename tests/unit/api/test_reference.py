"""docs/api-reference.md is what the program says of its own routes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import catalog
from api.app import create_app
from api.document import document
from api.permissions import RULES, is_page
from api.problems import KINDS
from api.reference import page
from api.settings import Settings
from store.database import Database

PAGE = Path(__file__).parents[3] / "docs" / "api-reference.md"


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    return document(create_app(Settings(), catalog.load(), Database("postgresql://nobody@127.0.0.1:1/nowhere")))


def test_the_page_is_the_program_s(described: dict[str, Any]) -> None:
    assert PAGE.read_text(encoding="utf-8") == page(described), "run: make api-reference"


def test_every_route_is_there_and_every_problem_is_named() -> None:
    text = PAGE.read_text(encoding="utf-8")
    routes = set(re.findall(r"^### ([A-Z]+) (/\S+)$", text, re.MULTILINE))
    wanted = {(method, path) for method, path in RULES if not is_page(path) and not path.endswith("/openapi.json")}
    assert routes == wanted
    assert set(re.findall(r"`([a-z]+(?:-[a-z]+)*)`", text)) >= set(KINDS)


def test_an_outsider_is_told_what_each_route_and_parameter_is(described: dict[str, Any]) -> None:
    mute = []
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            if not operation.get("description"):
                mute.append(f"{method} {path}")
            mute += [
                f"{method} {path}: {p['name']}" for p in operation.get("parameters", ()) if not p.get("description")
            ]
    assert not mute
