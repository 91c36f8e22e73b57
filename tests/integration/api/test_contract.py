"""The OpenAPI document against the service: whatever fits the document is answered, and as it says."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from api.permissions import RULES, By
from tests.integration.api.world import API, PEOPLE, World, now_ms

PROBES = {("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/metrics")}
ROUTES = sorted(
    {route for route in RULES if route[1].startswith(API)} - {("GET", f"{API}/stream"), ("GET", f"{API}/openapi.json")}
    | PROBES
)
"""All but pages, an answer that does not end, and the document itself."""
KNOWN = (
    {"device": "vac-anna", "customer": "anna", "product": "robot_vacuum", "user": "stranger", "token": 999}
    | dict.fromkeys(("statement", "case", "promise"), 3)
    | {"item": "spare", "order": 1, "webhook": 1}
    | {"n": 0}
)
"""What half of the requests ask for: made-up names alone would never get beyond 404."""
CHECKS = [not_a_server_error, response_schema_conformance, content_type_conformance]


@pytest.fixture(scope="module")
def lively(shared: World) -> World:
    """The shared world, in which devices have said something."""
    at = now_ms() - 60_000
    for n in range(3):
        shared.publish("vac-anna", {"ts": at + n, "boot": 1, "seq": n, "values": {"battery_pct": 50 + n}})
    shared.publish("vac-anna", [{"ts": at + 9, "boot": 1, "seq": 9, "kind": "stuck", "attrs": {}}], "event")
    shared.publish("vac-anna", {"nonsense": [1]})
    return shared


def _try(world: World, route: tuple[str, str], examples: int) -> None:
    method, path = route
    document = copy.deepcopy(world.app.openapi())
    document["paths"][path][method.lower()]["security"] = []  # credentials are ours, not generated ones
    operation = schemathesis.openapi.from_dict(document)[path][method]
    rule = RULES[route]
    fallible = operation.definition.raw.get("parameters") or operation.definition.raw.get("requestBody")
    modes = list(GenerationMode) if fallible else [GenerationMode.POSITIVE]
    who = next((name for name, role in PEOPLE.items() if role in rule.roles), "ada")
    credentials: dict[str, Any] = {"headers": {"Authorization": f"Bearer {world.tokens[who]}"}}
    if rule.by is By.DEVICE:
        credentials = {"auth": ("vac-ben", world.secrets["vac-ben"])}

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=examples < 100,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
    )
    @given(data=st.data(), mode=st.sampled_from(modes), known=st.booleans())
    def answered(data: st.DataObject, mode: GenerationMode, known: bool) -> None:
        case: Any = data.draw(operation.as_strategy(generation_mode=mode))
        if (known or "token" in case.path_parameters) and case.path_parameters:
            case.path_parameters.update({key: KNOWN[key] for key in case.path_parameters})
        answer = case.call_and_validate(base_url=world.url, checks=CHECKS, timeout=30, **credentials)
        assert answer.status_code != 401

    answered()


@pytest.mark.parametrize("route", ROUTES, ids=" ".join)
def test_nothing_that_fits_the_document_is_a_fault_of_ours(lively: World, route: tuple[str, str]) -> None:
    _try(lively, route, examples=15)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("route", ROUTES, ids=" ".join)
def test_nothing_is_a_fault_of_ours_however_long_we_try(lively: World, route: tuple[str, str]) -> None:
    _try(lively, route, examples=200)
