from __future__ import annotations

from typing import Any

import pytest

from voice.casework.returning import comes_back
from voice.claims.model import Claim


def claim(topic: str, low: float | None, high: float | None, per: Any = None, **more: Any) -> Claim:
    unit = {"battery_runtime": "min", "fault_since": "day", "adherence": "percent"}.get(topic, "count")
    return Claim(topic, low, high, unit, per, False, more.get("negated", False), "", (0, 0))  # type: ignore[arg-type]


STUCK = claim("fault_frequency", 2, 2, "week")
BATTERY = claim("battery_runtime", 0, 20)


@pytest.mark.parametrize(
    ("before", "now", "back"),
    [
        (STUCK, claim("fault_frequency", 2, 3, "week"), True),
        (STUCK, claim("fault_frequency", 1, 1, "day"), True),
        (STUCK, claim("fault_frequency", 1, 1, "month"), False),
        (STUCK, claim("fault_frequency", 0, 0), False),
        (STUCK, claim("fault_frequency", None, None), True),
        (STUCK, claim("fault_frequency", 2, 2, "week", negated=True), False),
        (STUCK, BATTERY, False),
        (BATTERY, claim("battery_runtime", 15, 15), True),
        (BATTERY, claim("battery_runtime", 5, 5), True),
        (BATTERY, claim("battery_runtime", 70, 70), False),
        (claim("fault_since", 3, 3), claim("fault_since", 1, 1), True),
        (claim("adherence", 50, 50), claim("adherence", 100, 100), False),
        (claim("usage_frequency", 2, 3, "month"), claim("usage_frequency", 6, 6, "month"), False),
        (claim("usage_frequency", 2, 3, "month"), claim("usage_frequency", 30, 36, "year"), True),
    ],
)
def test_the_same_or_worse_comes_back_and_what_tells_that_it_is_well_does_not(
    before: Claim, now: Claim, back: bool
) -> None:
    assert (comes_back([before], [now]) is now) is back


def test_the_first_that_comes_back_is_named() -> None:
    again = claim("battery_runtime", 10, 10)
    assert comes_back([STUCK, BATTERY], [claim("last_used", 1, 1), again]) is again
    assert comes_back([], [again]) is None
