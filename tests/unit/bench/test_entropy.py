"""The bound is the entropy it claims to be."""

from __future__ import annotations

import numpy as np
import pytest

from bench.entropy import _conditional_bytes, _entropy_bytes, _signal_bytes
from catalog.model import Signal


def signal(**changes: object) -> Signal:
    known = {"key": "temperature_cel", "type": "float32", "unit": "Cel", "range": [-40, 85], "resolution": 0.1}
    return Signal.model_validate(known | {"label": {"en": "t", "fa": "t"}} | changes)


def test_equally_frequent_symbols_take_the_logarithm_of_their_number() -> None:
    assert _entropy_bytes(np.arange(4_000) % 16) == pytest.approx(4_000 * 4 / 8)


def test_one_symbol_takes_nothing() -> None:
    assert _entropy_bytes(np.zeros(100)) == 0.0
    assert _entropy_bytes(np.zeros(0)) == 0.0


def test_what_follows_from_the_one_before_takes_nothing() -> None:
    symbols = np.arange(1_000) % 5
    assert _conditional_bytes(symbols, np.ones(999, dtype=bool)) == pytest.approx(0.0, abs=1e-9)


def test_numbers_are_told_by_their_steps_and_never_from_one_device_to_the_next() -> None:
    rising = np.tile(np.arange(500.0), 2)
    device = np.repeat([1, 2], 500)
    assert _signal_bytes(signal(), rising, device) == 0.0
    # Up and down at random: one bit a step.
    walk = np.cumsum(np.random.default_rng(1).choice([-1.0, 1.0], 80_001))
    assert _signal_bytes(signal(), walk, np.ones(80_001)) == pytest.approx(10_000, rel=0.01)
