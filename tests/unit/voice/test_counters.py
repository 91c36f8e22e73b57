"""What a counter's readings within and around a window say of it."""

from __future__ import annotations

import pytest

from store.comparing import Steps
from voice.counters import beside, between
from voice.figures import Bounds


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


@pytest.mark.parametrize(
    ("heard", "coverage", "told", "finding"),
    [
        (14, 1.0, Bounds(13, 15), "agrees"),
        (16, 1.0, Bounds(13, 15), "disagrees"),  # more events than the device counted
        (12, 0.8, Bounds(13, 15), "hidden"),  # the silence explains what is missing
        (12, 1.0, Bounds(13, 15), "disagrees"),  # nothing does
        (12, None, Bounds(13, 15), "hidden"),
        (20, 1.0, Bounds(13, None), "agrees"),  # reset since: it bounds from below alone
        (12, 1.0, Bounds(0, 15, exact=False), "agrees"),
        (0, 0.0, Bounds(0, 0), "agrees"),
    ],
)
def test_events_beside_the_counter(heard: float, coverage: float | None, told: Bounds, finding: str) -> None:
    assert beside(heard, coverage, told) == finding


def test_rounded_lengths_may_differ_by_a_little() -> None:
    told = Bounds(100, 110)
    assert [beside(heard, 1.0, told, 0.02) for heard in (97, 98, 112, 113)] == [
        "disagrees", "agrees", "agrees", "disagrees",
    ]  # fmt: skip
