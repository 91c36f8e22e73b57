"""The model simulates all that the catalogue declares, within type and range, and is a function of its seed alone."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest

import catalog
from catalog.model import Product, Quantity
from device_sim import quantise
from device_sim.fleet import BUILD, Fleet, fleet
from device_sim.model.body import WEEK_DAYS, Readings, Week
from device_sim.record import Element, Recorder

EPOCH = dt.date(2026, 3, 2)
PRODUCTS = catalog.load()
DAYS = 350


@cache
def small_fleet(product: str) -> Fleet:
    """Twelve devices of one product, with failures."""
    return fleet(PRODUCTS, 12, DAYS, seed=5, epoch=EPOCH, products={product: 1.0})


@cache
def weeks(product: str) -> list[Week]:
    """Everything they measure."""
    units = list(small_fleet(product).units())
    return [unit.week(number) for unit in units for number in range(DAYS // WEEK_DAYS)]


def fits(quantity: Quantity, value: object) -> bool:
    """Whether `value` is of the declared type and within the plausible range."""
    if quantity.type == "enum":
        return value in quantity.values
    if quantity.type == "text":
        return isinstance(value, str)
    if quantity.type == "bool":
        return isinstance(value, bool)
    kind = int if quantity.type == "int64" else (int, float)
    if isinstance(value, bool) or not isinstance(value, kind) or not math.isfinite(value):
        return False
    return quantity.range is None or quantity.range[0] <= value <= quantity.range[1]


def all_readings(product: str) -> Iterator[Readings]:
    for week in weeks(product):
        yield from week.readings


def test_every_product_of_the_catalogue_has_physics() -> None:
    assert set(PRODUCTS) == set(BUILD)


@pytest.mark.parametrize("product", sorted(PRODUCTS))
def test_every_signal_is_simulated_within_its_type(product: str) -> None:
    declared = PRODUCTS[product]
    seen: set[str] = set()
    for readings in all_readings(product):
        for key, values in quantise.columns(declared, readings.columns).items():
            assert len(values) == len(readings.t)
            signal = declared.signal_of(key)
            assert signal is not None
            wrong = [value for value in values.tolist() if not fits(signal, value)]
            assert not wrong, f"{key}: {wrong[:3]}"
            if len(values):
                seen.add(key)
    assert seen == {signal.key for signal in declared.signal}


@pytest.mark.parametrize("product", sorted(PRODUCTS))
def test_every_event_is_simulated_with_its_attributes(product: str) -> None:
    declared = PRODUCTS[product]
    seen: set[str] = set()
    attributes: set[tuple[str, str]] = set()
    for week in weeks(product):
        for happening in week.happenings:
            event = declared.event_of(happening.kind)
            assert event is not None, happening.kind
            by_key = {attribute.key: attribute for attribute in event.attribute}
            sent = quantise.attributes(by_key, happening.attrs)
            assert {a.key for a in event.attribute if a.required} <= sent.keys()
            for key, value in sent.items():
                assert fits(by_key[key], value), f"{happening.kind}.{key}: {value!r}"
                attributes.add((happening.kind, key))
            seen.add(happening.kind)
    assert seen == {event.key for event in declared.event}
    assert attributes == {(event.key, a.key) for event in declared.event for a in event.attribute}


@pytest.mark.parametrize("product", sorted(PRODUCTS))
def test_most_values_are_not_at_the_edge_of_their_range(product: str) -> None:
    """A model that needs clipping to look plausible is wrong."""
    declared = PRODUCTS[product]
    for readings in all_readings(product):
        for key, values in readings.columns.items():
            signal = declared.signal_of(key)
            assert signal is not None
            if signal.range is None or key in ("battery_pct", "unsynced_items") or len(values) < 50:
                continue
            outside = np.mean((values < signal.range[0]) | (values > signal.range[1]))
            assert outside < 0.02, key


@pytest.mark.parametrize("product", sorted(PRODUCTS))
def test_reports_come_within_the_heartbeat(product: str) -> None:
    """A healthy device never falls silent for longer than its product says."""
    longest_s = PRODUCTS[product].heartbeat_s
    for week in weeks(product):
        moments = np.sort(np.concatenate([readings.t for readings in week.readings]))
        assert np.diff(moments).max() * 86_400 <= longest_s


@pytest.mark.parametrize("product", sorted(PRODUCTS))
def test_counters_never_fall(product: str) -> None:
    counters = [signal.key for signal in PRODUCTS[product].signal if signal.kind == "counter"]
    assert counters
    unit = small_fleet(product).unit(small_fleet(product).devices[3].device)
    for key in counters:
        points = [
            (t, value)
            for number in range(30)
            for readings in unit.week(number).readings
            if key in readings.columns
            for t, value in zip(readings.t.tolist(), readings.columns[key].tolist(), strict=True)
        ]
        values = [value for _, value in sorted(points)]
        assert all(a <= b for a, b in itertools.pairwise(values)), key
        assert values[0] < values[-1], key


def recorded(product: str, start: float, count: int, seed: int = 5) -> list[Element]:
    home = fleet(PRODUCTS, 12, DAYS, seed=seed, epoch=EPOCH, products={product: 1.0})
    declared: Product = PRODUCTS[product]
    stream = Recorder(home.unit(home.devices[2].device), declared, home.epoch_ms).weeks(start)
    return [element for _ in range(count) for element in next(stream)]


@pytest.mark.parametrize("product", sorted(PRODUCTS))
def test_the_same_seed_gives_the_same_elements_wherever_one_begins(product: str) -> None:
    whole = recorded(product, 0.0, 20)
    assert whole == recorded(product, 0.0, 20)
    assert [element for element in whole if element.day >= 75.5] == recorded(product, 75.5, 10)
    assert recorded(product, 0.0, 2, seed=6) != whole[: len(recorded(product, 0.0, 2, seed=6))]


@pytest.mark.parametrize("product", sorted(PRODUCTS))
def test_seq_counts_readings_and_events_of_one_boot_without_a_gap(product: str) -> None:
    elements = recorded(product, 0.0, 50)
    assert len({(e.body["boot"], e.body["seq"]) for e in elements}) == len(elements)
    assert {e.event for e in elements} == {True, False}
    for before, after in itertools.pairwise(elements):
        if before.body["boot"] == after.body["boot"]:
            assert after.body["seq"] == before.body["seq"] + 1
            assert "prev" not in after.body
        else:
            assert after.body["boot"] > before.body["boot"]
            assert after.body["seq"] == 0
            assert after.body["prev"] == {"boot": before.body["boot"], "seq": before.body["seq"]}
    assert any("prev" in element.body for element in elements)


def test_a_device_without_the_time_of_day_sends_the_time_since_its_restart() -> None:
    lost = [e for product in PRODUCTS for e in recorded(product, 0.0, 50) if e.unclocked]
    assert lost
    assert all(0 <= element.body["ts"] < 30 * 60_000 for element in lost)


def test_numbers_are_on_the_grid_of_their_resolution() -> None:
    for element in recorded("robot_vacuum", 0.0, 3):
        for key, value in element.body.get("values", {}).items():
            signal = PRODUCTS["robot_vacuum"].signal_of(key)
            assert signal is not None
            if signal.resolution is not None:
                steps = value / signal.resolution
                assert math.isclose(steps, round(steps), abs_tol=1e-6), key
                assert len(repr(value)) <= 12, f"{key}: {value!r} is not what a device would print"


@pytest.mark.parametrize(
    ("resolution", "places"), [(1.0, 0), (10.0, 0), (0.5, 1), (0.1, 1), (0.005, 3), (0.01, 2), (2.5, 1)]
)
def test_decimals(resolution: float, places: int) -> None:
    assert quantise.decimals(resolution) == places
