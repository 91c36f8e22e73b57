"""A benchmark says itself when a limit was missed."""

from __future__ import annotations

from dataclasses import replace

from bench.query import GROWTH_LIMIT, LIMITS_MS, Figures, Times


def times(p99_ms: float) -> dict[str, Times]:
    return {name: Times(100, 1.0, p99_ms, limit, None, None) for name, limit in LIMITS_MS.items()}


GOOD = Figures(
    engine="", rows=1, devices_with_rows=1, small_rows=None, small={}, full=times(1.0), growth_chart_30d=1.0,
    growth_limit=GROWTH_LIMIT, ingesting_msgs_per_s=0, while_ingesting={}, peers_ms={}, load_s=0.0, load_average=0.0,
)  # fmt: skip


def test_within_all_limits_nothing_is_missed() -> None:
    assert GOOD.missed == []


def test_each_limit_is_missed_by_its_name() -> None:
    assert replace(GOOD, full=times(60.0)).missed == ["chart_30d", "chart_365d", "usage_365d"]
    assert replace(GOOD, while_ingesting=times(30.0)).missed == ["while ingesting: chart_30d"]
    assert replace(GOOD, growth_chart_30d=1.5).missed == ["growth_chart_30d"]
