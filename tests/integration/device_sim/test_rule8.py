"""The simulator's difficulty, by the same script that writes the documented figures."""

from __future__ import annotations

import pytest

from bench.simulator_rule8 import figures_of


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_baseline_scores_between_the_real_data_sets() -> None:
    judged = figures_of(1, 2000, 730, "robot_vacuum").judged()
    assert all(fine for _, fine in judged.values()), judged
