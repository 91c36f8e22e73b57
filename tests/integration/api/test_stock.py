"""Stock over HTTP: how an item is ordered, and what cannot be."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.api.world import World

TERMS: dict[str, Any] = {"sku": "M8", "unit": "box", "lead_days": 3, "lead_sd_days": 1, "pack": 5}


def test_an_item_is_set_up_and_read(world: World) -> None:
    assert world.get("tom", "/stock/spare")["terms"] is None
    answer = world.call("tom", "PUT", "/stock/spare", json=TERMS)
    assert answer.status_code == 200, answer.text
    kept = world.get("tom", "/stock/spare")
    assert kept["terms"] == TERMS | {"service_level": 0.95, "min_order": 1, "cycle_days": 14.0, "ordering": True}
    assert (kept["level"], kept["cover"], kept["order"]) == (None, None, None)
    assert [one["item"] for one in world.get("tom", "/stock")["items"]] == ["spare"]  # dispensers are their care teams'


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"lead_sd_days": 4}, "by no more than its mean"),
        ({"lead_days": 400}, "lead_days"),
        ({"service_level": 1}, "service_level"),
        ({"pack": 0}, "pack"),
        ({"sku": " "}, "sku"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_ordered_so_is_said(shared: World, more: dict[str, Any], words: str) -> None:
    answer = shared.call("tom", "PUT", "/stock/spare", json=TERMS | more)
    assert (answer.status_code, words in answer.text) == (422, True), answer.text


def test_a_webhooks_secret_is_shown_once(world: World) -> None:
    body = {"url": "https://example.com/hook", "kinds": ["order.opened"]}
    headers = {"Idempotency-Key": "once"}
    first = world.call("ada", "POST", "/webhooks", json=body, headers=headers).json()
    again = world.call("ada", "POST", "/webhooks", json=body, headers=headers).json()
    assert first["secret"].startswith("whsec_")
    assert again == first | {"secret": None}
    assert "secret" not in str(world.get("ada", "/webhooks"))
    assert world.call("ada", "DELETE", f"/webhooks/{first['webhook']}").status_code == 204
    assert world.get("ada", "/webhooks")["items"] == []
