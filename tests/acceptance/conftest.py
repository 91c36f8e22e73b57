from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.acceptance.stage import Platform, running
from tests.platform_services import reachable_directory
from vop.services.mosquitto import find_mosquitto


@pytest.fixture(scope="session")
def platform() -> Iterator[Platform]:
    """The platform in processes. Tests share it: each has devices and customers of its own names."""
    if find_mosquitto() is None:
        pytest.skip("mosquitto is not installed")
    with reachable_directory("acceptance") as place, running(place) as started:
        yield started
