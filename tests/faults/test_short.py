"""Every fault for a few seconds: nothing acknowledged is lost, nothing is invented, nothing is there twice."""

from __future__ import annotations

import pytest

from tests.faults.scenario import SHORT, Skipped
from tests.faults.site import Grounds
from tests.faults.table import SCENARIOS

WAITS = {"broker-away"}
"""Of heartbeats, for longer than the fast suite has time."""


@pytest.mark.parametrize(
    "key", [pytest.param(key, marks=pytest.mark.slow if key in WAITS else ()) for key in SCENARIOS]
)
def test_what_was_acknowledged_is_kept_once(killable: Grounds, key: str) -> None:
    try:
        line = SCENARIOS[key].run(killable, SHORT)
    except Skipped as reason:
        pytest.skip(str(reason))
    assert line.holds
    assert line.acknowledged == line.messages
