"""The oracle against figures worked out by hand, and the platform against the oracle."""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import catalog
from bench import disturb, verdicts
from bench.verdict_world import World
from bench.verdicts import ACCUSED_SHARE, RIGHT_SHARE, Heap, figures, judged
from device_sim.fleet import fleet
from device_sim.speech.memory import Figure
from device_sim.speech.statements import Said
from tests.oracle.verdicts import right

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
AT = datetime(2026, 6, 15, 12, tzinfo=UTC)
UTC_OWNER = {"zone": ZoneInfo("UTC"), "calendar": "gregorian", "week_start": 1}


@dataclass(frozen=True)
class Happened:
    t: float
    kind: str
    attrs: dict[str, Any] = field(default_factory=dict)


def on(*days: str, kind: str = "clean_started", **attrs: Any) -> list[Happened]:
    """At noon."""
    return [
        Happened((datetime.fromisoformat(f"{day}T12:00Z") - EPOCH).total_seconds() / 86_400, kind, attrs)
        for day in days
    ]  # fmt: skip


def said(
    topic: str, low: float, high: float, unit: str = "count", per: str | None = None, hedged: bool = False
) -> Said:
    return Said(topic, Figure(low, high, unit, per, hedged), 0.0, 0.0, 0.0, "true")


# Three full months before the middle of June: March, April, May.
SPRING = on("2026-03-01", "2026-04-05", "2026-05-09", "2026-05-31")
DOSES = [*on(*["2026-06-01"] * 64, kind="dose_taken", doses=1), *on(*["2026-06-02"] * 26, kind="dose_missed", doses=1)]
RUNS = [
    run for minutes in (70, 75, 78, 80, 85) for run in on("2026-06-01", kind="battery_depleted", runtime_min=minutes)
]
SHELF = [
    *on("2026-06-01", kind="items_added", items=9, remaining=9),
    *on("2026-06-15", kind="items_taken", items=5, remaining=4),
]
FEW, WEEKLY = said("usage_frequency", 2, 3, per="month"), said("usage_frequency", 1, 1, per="week")
BY_HAND: dict[str, tuple[str, list[Happened], Said, str]] = {
    "six a month": ("robot_vacuum", 6 * SPRING[:3], FEW, "understates"),
    "four in three months": ("robot_vacuum", SPRING, said("usage_frequency", 1, 1, per="month"), "understates"),
    "hedged": ("robot_vacuum", SPRING, said("usage_frequency", 1, 1, per="month", hedged=True), "agrees"),
    "one in three months": ("robot_vacuum", SPRING[:1], FEW, "overstates"),
    "June does not count": ("robot_vacuum", on(*["2026-06-01"] * 9), FEW, "overstates"),
    "no full year": ("robot_vacuum", SPRING, said("usage_frequency", 4, 4, per="year"), "cannot_tell"),
    "thirteen weeks": ("robot_vacuum", 13 * on("2026-06-14"), WEEKLY, "agrees"),
    "this week does not": ("robot_vacuum", 13 * on("2026-06-15"), WEEKLY, "overstates"),
    "never, with one": ("robot_vacuum", SPRING, said("usage_frequency", 0, 0, per="year"), "contradicts"),
    "every pill, 64 of 90": ("pill_dispenser", DOSES, said("adherence", 100, 100, "percent"), "overstates"),
    "75 %, 64 of 90": ("pill_dispenser", DOSES, said("adherence", 75, 75, "percent"), "agrees"),
    "80 %, 64 of 90": ("pill_dispenser", DOSES, said("adherence", 80, 80, "percent"), "overstates"),
    "80 %, hedged": ("pill_dispenser", DOSES, said("adherence", 80, 80, "percent", hedged=True), "agrees"),
    "none of 90": ("pill_dispenser", DOSES, said("adherence", 0, 0, "percent"), "contradicts"),
    "20 minutes, median 78": ("robot_vacuum", RUNS, said("battery_runtime", 20, 20, "min"), "contradicts"),
    "80 minutes": ("robot_vacuum", RUNS, said("battery_runtime", 80, 80, "min"), "agrees"),
    "nine a moment ago": ("stock_sensor", SHELF, said("stock_level", 9, 9, "item"), "agrees"),
    "two left": ("stock_sensor", SHELF[:1], said("stock_level", 2, 2, "item"), "understates"),
    "two weeks": ("robot_vacuum", on("2026-06-01"), said("last_used", 14, 14, "day"), "agrees"),
    "two days": ("robot_vacuum", on("2026-06-01"), said("last_used", 2, 2, "day"), "understates"),
}  # fmt: skip


@pytest.mark.parametrize("case", BY_HAND)
def test_the_oracle_by_hand(case: str) -> None:
    product, events, claim, answer = BY_HAND[case]
    assert right(events, EPOCH, product, claim, AT, **UTC_OWNER) == answer


def test_its_months_are_the_owners() -> None:
    tehran = {"zone": ZoneInfo("Asia/Tehran"), "calendar": "persian", "week_start": 6}
    # Khordad goes on: Esfand, Farvardin, Ordibehesht end with the night to 22 May.
    thrice = on("2026-02-20", "2026-04-01", "2026-05-21")
    assert right(thrice, EPOCH, "robot_vacuum", said("usage_frequency", 1, 1, per="month"), AT, **tehran) == "agrees"
    later = on("2026-05-22", "2026-05-23", "2026-05-24")
    assert right(later, EPOCH, "robot_vacuum", said("usage_frequency", 1, 1, per="month"), AT, **tehran) == "overstates"


def test_it_is_short_and_knows_nothing_of_the_platform() -> None:
    text = Path(__file__).with_name("verdicts.py").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 60
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(text))
        for name in ([n.name for n in node.names] if isinstance(node, ast.Import) else
                     [node.module or ""] if isinstance(node, ast.ImportFrom) else [])
    }  # fmt: skip
    assert imported <= {"datetime", "statistics", "collections", "typing", "persiantools"}


def test_the_platform_sees_what_is_disturbed_and_is_right(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # Talkative customers: fewer messages to take in for as many verdicts.
    monkeypatch.setattr(sys.modules["device_sim.speech.statements"], "DAYS_APART", 3.5)
    products = dict(catalog.load())
    world, heap = World(fleet(products, 12, 56, 5, epoch=date(2026, 1, 1)), products), Heap()
    judged(database, world, heap, lambda _step, _done: None)
    found = figures(heap, "intake", 1)
    assert set(world.kinds.values()) == set(disturb.KINDS)
    assert found.statements >= 60
    assert found.claims >= 30
    assert found.right >= RIGHT_SHARE, found.wrong
    assert found.accused <= ACCUSED_SHARE, found.wrong
    assert (found.told_unheard, found.unread) == (0, 0), found.wrong
    assert found.cannot_tell


@pytest.mark.slow
@pytest.mark.timeout(3_600)
def test_two_thousand_statements() -> None:
    found = verdicts.run(2_000, verdicts.DEVICES, verdicts.DAYS, mqtt=False, advance=lambda _step, _done: None)
    assert found.statements == 2_000
    assert not found.missed, found.wrong


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_through_broker_and_ingest() -> None:
    found = verdicts.run(100, 20, 120, mqtt=True, advance=lambda _step, _done: None)
    assert found.way == "mqtt"
    assert found.right >= RIGHT_SHARE, found.wrong
    assert found.told_unheard == 0
