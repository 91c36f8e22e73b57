from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import catalog
from api.access import View, is_guarded
from api.parameters import Period
from store.devices import Device

PRODUCTS = catalog.load()
NOW = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def _view(product: str, cared: Sequence[Period]) -> View:
    device = Device(1, "x", product, None, None, None, "active", True, None, NOW)
    return View(device, PRODUCTS[product], [], cared)


def test_the_dispenser_is_the_product_that_measures_a_person() -> None:
    assert {key for key, product in PRODUCTS.items() if is_guarded(product)} == {"pill_dispenser"}


def test_what_is_seen_of_a_period_is_its_newest_cared_for_part() -> None:
    seen = _view("pill_dispenser", [Period(NOW, NOW + DAY), Period(NOW + 5 * DAY, NOW + 9 * DAY)])
    assert seen.cared_within(Period(NOW - DAY, NOW + 20 * DAY)) == Period(NOW + 5 * DAY, NOW + 9 * DAY)
    assert seen.cared_within(Period(NOW - DAY, NOW + DAY / 2)) == Period(NOW, NOW + DAY / 2)
    assert seen.cared_within(Period(NOW + DAY, NOW + 5 * DAY)) is None
    assert [seen.sees(NOW + n * DAY) for n in (-1, 0, 1, 5, 9)] == [False, True, False, True, False]


def test_outsiders_see_declared_open_items_alone() -> None:
    seen = _view("pill_dispenser", [])
    assert seen.values({"rssi_dbm": -60, "doses_remaining": 3, "unheard_of": 1}, NOW) == {"rssi_dbm": -60}
    assert seen.attributes("dose_taken", {"doses": 1}, NOW) is None
    assert seen.attributes("unheard_of", {}, NOW) is None
    assert seen.undeclared({"x": 1}, NOW) is None
    sight = seen.sight()
    assert sight is not None
    assert "jam_detected" in sight.kinds
    assert "dose_taken" not in sight.kinds
    assert not sight.spans
    vacuum = _view("robot_vacuum", [])
    assert vacuum.sight() is None
    assert vacuum.values({"unheard_of": 1}, None) == {"unheard_of": 1}
    assert vacuum.attributes("unheard_of", {"a": 1}, NOW) == {"a": 1}
    assert vacuum.undeclared({"x": 1}, NOW) == {"x": 1}
