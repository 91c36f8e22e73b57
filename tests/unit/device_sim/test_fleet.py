"""Who is in the fleet, and what is going to fail."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

import numpy as np
import pytest

import catalog
from device_sim.errors import UnmodelledProduct
from device_sim.fleet import SOON_DAYS, fleet
from device_sim.model.life import Hazard, live
from device_sim.model.ranges import RANGES, draw

EPOCH = dt.date(2026, 3, 2)
PRODUCTS = catalog.load()


@pytest.mark.parametrize("seed", range(8))
def test_the_demo_fleet_has_failures_to_show(seed: int) -> None:
    demo = fleet(PRODUCTS, 60, 90, seed=seed, epoch=EPOCH)
    failed = {device for device, _ in demo.failures(0, 90)}
    failing = {device for device, _ in demo.failures(90, 90 + SOON_DAYS)}
    assert len(failed) >= 4
    assert len(failing) >= 3


def test_a_small_fleet_has_them_too() -> None:
    small = fleet(PRODUCTS, 12, 30, seed=3, epoch=EPOCH)
    assert len(small.failures(0, 30)) >= 4
    assert len(small.failures(30, 30 + SOON_DAYS)) >= 3


def test_sixty_devices_and_their_customers() -> None:
    demo = fleet(PRODUCTS, 60, 90, seed=1, epoch=EPOCH)
    assert len({device.device for device in demo.devices}) == 60
    assert all(re.fullmatch(r"[A-Za-z0-9._-]{1,64}", device.device) for device in demo.devices)
    assert {device.product for device in demo.devices} == set(PRODUCTS)
    assert len({device.serial for device in demo.devices}) == 60
    owned = [device for customer in demo.customers for device in customer.devices]
    assert sorted(owned) == sorted(device.device for device in demo.devices)
    assert any(len(customer.devices) == 2 for customer in demo.customers)
    assert {customer.zone for customer in demo.customers} == {"Europe/Berlin", "America/New_York", "Asia/Tehran"}
    for customer in demo.customers:
        ZoneInfo(customer.zone)
        persian = customer.zone == "Asia/Tehran"
        assert (customer.language, customer.calendar) == (("fa", "persian") if persian else ("en", "gregorian"))
        assert 1 <= customer.week_start <= 7
        assert re.fullmatch(r"[A-Za-z0-9._-]{1,64}", customer.customer)
    assert len({(customer.name, customer.zone) for customer in demo.customers}) == len(demo.customers)


def test_a_fleet_is_a_function_of_its_arguments() -> None:
    one, same, other = (fleet(PRODUCTS, 20, 30, seed=seed, epoch=EPOCH) for seed in (1, 1, 2))
    assert one.devices == same.devices
    assert one.customers == same.customers
    assert one.failures(0, 60) == same.failures(0, 60)
    assert one.failures(0, 400) != other.failures(0, 400)


def test_stories_of_the_first_page() -> None:
    """The first vacuum runs six times every month; the first dispenser's owner takes 71 % of the doses."""
    demo = fleet(PRODUCTS, 60, 90, seed=1, epoch=EPOCH)
    vacuum, dispenser = demo.unit("rv-0001"), demo.unit("pd-0001")
    zone, begin = ZoneInfo(demo.devices[0].zone), dt.datetime.combine(EPOCH, dt.time(), dt.UTC)
    starts = [h.t for n in range(13) for h in vacuum.week(n).happenings if h.kind == "clean_started"]
    months = [(begin + dt.timedelta(days=t)).astimezone(zone).month for t in starts]
    assert [months.count(month) for month in (4, 5)] == [6, 6]
    for month in range(3):
        weeks = range(4 * month, 4 * month + 4)
        kinds = [h.kind for n in weeks for h in dispenser.week(n).happenings]
        taken, missed = kinds.count("dose_taken"), kinds.count("dose_missed")
        assert 0.66 <= taken / (taken + missed) <= 0.76


def test_a_product_without_physics_is_refused_by_name() -> None:
    with pytest.raises(UnmodelledProduct, match="water_filter"):
        fleet(PRODUCTS, 3, 10, products={"water_filter": 1.0})
    with pytest.raises(UnmodelledProduct, match="software"):
        fleet({"robot_vacuum": PRODUCTS["robot_vacuum"]}, 3, 10, products={"software": 1.0})


def test_constants_are_drawn_from_their_ranges_and_differ_by_seed() -> None:
    for seed in range(20):
        for name, value in vars(draw(seed)).items():
            assert RANGES[name].low <= value <= RANGES[name].high
    assert draw(1) == draw(1)
    assert draw(1) != draw(2)


def lives_of(number: int, **hazard: float) -> list[tuple[float, bool]]:
    """Failures (day, sudden) of `number` parts over two years."""
    use_h = np.full(730, 0.5)
    part = Hazard("part", hazard.get("rate", 0.05), 3.0, hazard.get("sudden_share", 0.3), 0.5)
    found = []
    for index in range(number):
        rng = np.random.default_rng(index)
        life = live(rng, part, draw(4), use_h, age_h=rng.uniform(0, 0.5 * 900))
        found += [(failure.day, failure.sudden) for failure in life.failures]
    return found


def test_failures_come_at_the_stated_rate_and_a_third_come_suddenly() -> None:
    constants = draw(4)
    failures = lives_of(3000, rate=0.05, sudden_share=0.33)
    a_year = len(failures) / 3000 / 2
    # Preventive replacement spares its share of them.
    assert 0.5 * 0.05 * (1 - constants.censored_share) < a_year < 2.0 * 0.05 * (1 - constants.censored_share)
    sudden = np.mean([sudden for _, sudden in failures])
    assert 0.25 < sudden < 0.42


def test_severity_rises_before_a_failure_and_is_gone_after_the_repair() -> None:
    part = Hazard("part", 0.03, 3.0, 0.0, 0.5)
    rng = np.random.default_rng(1)
    life = live(rng, part, draw(4), np.full(400, 0.5), age_h=0.0, fails_on=200.0)
    assert life.failures[0].day == 200.0
    assert not life.failures[0].sudden
    assert life.severity[199] > 0.5 > life.severity[120]
    after = int(np.ceil(life.failures[0].repaired))
    assert life.severity[after + 1] == 0.0
    assert life.hours[after + 1] < 2.0


def test_nothing_fails_before_the_day_a_product_type_is_spared_until() -> None:
    part = Hazard("part", 0.05, 2.0, 0.3, 24.0)
    days = [
        failure.day
        for index in range(400)
        for failure in live(
            np.random.default_rng(index), part, draw(4), np.full(730, 24.0), age_h=5000.0, not_before=365.0
        ).failures
    ]
    assert days
    assert min(days) >= 365.0
