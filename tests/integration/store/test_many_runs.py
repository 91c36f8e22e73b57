"""A device whose numbers lie in thousands of pieces, because every second message was late."""

from __future__ import annotations

import pytest

from store.intake.continuity import LAST_SEQ, NEAR_RUNS
from tests.integration.store.world import T0, World, arrival, reading


def test_the_runs_near_a_fresh_one_are_a_range_of_the_index(world: World) -> None:
    device = world.device()
    world.conn.execute(
        """INSERT INTO runs SELECT %s, 1, n * 2, n * 2, now(), now() FROM generate_series(0, 5000) n""", (device,)
    )
    world.conn.execute("ANALYZE runs")
    plan = "\n".join(row[0] for row in world.rows("EXPLAIN " + NEAR_RUNS, f"{{{device}}}", "{1}", "{101}", "{102}"))
    assert plan.count("Index Cond:") == 2, plan
    assert "Filter:" not in plan, plan


@pytest.mark.parametrize("last", [LAST_SEQ, LAST_SEQ - 1, 7])
def test_a_late_number_joins_its_neighbours(world: World, last: int) -> None:
    device = world.device()
    world.write(arrival(device, reading(last, T0 + 3_000), reading(last - 2, T0 + 1_000)))
    world.write(arrival(device, reading(last - 1, T0 + 2_000)))
    assert world.runs(device) == {1: [(last - 2, last, 1_000, 3_000)]}
