"""The cycle collector of a service: what was loaded is walked no more, by the very command that runs it."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from ingest import service
from vop.__main__ import run
from vop.collector import YOUNG_OBJECTS, spare


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    thresholds = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)


def test_what_is_loaded_is_not_walked_again() -> None:
    spare()
    assert len(gc.get_objects()) < gc.get_freeze_count() / 10
    assert gc.get_threshold()[0] == YOUNG_OBJECTS
    assert gc.isenabled(), "cycles made later are still found"


def test_ingest_starts_so(monkeypatch: pytest.MonkeyPatch) -> None:
    frozen: list[int] = []
    monkeypatch.setenv("VOP_MQTT_URL", "mqtt://127.0.0.1:1")
    monkeypatch.setattr(service, "run", lambda *_: frozen.append(gc.get_freeze_count()))
    assert run(["ingest"]) == 0
    assert frozen > [0], "a full collection of what is loaded stops the worker for 40-70 ms"
