"""Every fault for minutes, with the settings of production."""

from __future__ import annotations

import pytest

from tests.faults.scenario import LONG, Skipped
from tests.faults.site import Grounds
from tests.faults.table import SCENARIOS


@pytest.mark.faults
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("key", SCENARIOS)
def test_what_was_acknowledged_is_kept_once(durable: Grounds, key: str) -> None:
    try:
        line = SCENARIOS[key].run(durable, LONG)
    except Skipped as reason:
        pytest.skip(str(reason))
    assert line.holds
    assert line.acknowledged == line.messages
