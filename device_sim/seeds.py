"""Randomness: one independent, reproducible stream for each (fleet, device, purpose, week).

Nothing draws from a shared generator, so adding a device, a product or a purpose changes no other device, and any
week of any device can be made without the weeks before it.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np

FLEET = 2**31 - 1
"""Index used for what belongs to the whole fleet."""


class Purpose(IntEnum):
    """What a stream is for. Numbers are part of the reproducible output: never renumber."""

    CONSTANTS = 0
    IDENTITY = 1
    LIFE = 2
    HABIT = 3
    BODY = 4
    LINK = 5
    WEEK = 6
    WIRE = 7
    LABELS = 8
    DAILY = 9
    SPEECH = 10


def generator(seed: int, index: int, purpose: Purpose, number: int = 0) -> np.random.Generator:
    """The stream of device `index` for `purpose`, `number` being a week or a part."""
    sequence = np.random.SeedSequence(entropy=seed, spawn_key=(index, int(purpose), number))
    return np.random.Generator(np.random.PCG64(sequence))
