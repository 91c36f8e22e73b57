"""What a counter's readings within and around a window say of it."""

from __future__ import annotations

import pytest

from store.comparing import Steps
from voice.counters import between


@pytest.mark.parametrize(
    ("steps", "least", "most"),
    [
        (Steps(10, 14, 8, 15, fell=False), 4, 7),
        (Steps(10, 14, None, 15, fell=False), 4, None),  # not heard before: it may have been at anything
        (Steps(10, 14, 8, None, fell=False), 4, None),  # not heard since
        (Steps(None, None, 8, 15, fell=False), 0, 7),  # silent all through
        (Steps(10, 2, 8, 3, fell=True), 0, None),  # reset: what it was before says nothing
        (Steps(None, None, None, None, fell=False), 0, None),
        (Steps(10, 10, 10, 10, fell=False), 0, 0),
    ],
)
def test_bounds(steps: Steps, least: float, most: float | None) -> None:
    assert between(steps) == (least, most)
