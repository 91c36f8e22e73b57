"""A server that may be killed, one a test run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.site import Grounds, grounds
from vop.services.mosquitto import find_mosquitto


@pytest.fixture(scope="session")
def killable() -> Iterator[Grounds]:
    """For faults that the machine survives: it need not wait for the disk."""
    if find_mosquitto() is None:
        pytest.skip("mosquitto is not installed")
    with grounds() as on:
        yield on


@pytest.fixture(scope="session")
def durable() -> Iterator[Grounds]:
    """The settings of production."""
    if find_mosquitto() is None:
        pytest.skip("mosquitto is not installed")
    with grounds(durable=True) as on:
        yield on
