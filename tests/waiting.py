"""Waiting for something without guessing how long it takes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

POLL_S = 0.02


def poll(
    look: Callable[[], T],
    timeout_s: float = 30.0,
    *,
    until: Callable[[T], bool] = bool,
    what: str = "",
) -> T:
    """Call `look` until what it returns satisfies `until`, and return that.

    Fails the test, saying what was seen last, when `timeout_s` is over.
    """
    deadline = time.monotonic() + timeout_s
    while True:
        seen = look()
        if until(seen):
            return seen
        if time.monotonic() > deadline:
            name = what or getattr(look, "__name__", "it")
            raise AssertionError(f"{name}: still {seen!r} after {timeout_s:g} s")
        time.sleep(POLL_S)
