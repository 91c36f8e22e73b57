from __future__ import annotations

import json
from typing import Any

import pytest

from catalog.elements import NO_BOOT, Event, Json, Previous, Quality, Reason, Reject
from tests.unit.wire.conftest import ARRIVED_AT_MS, Hear
from wire.limits import MAX_EXTRA_BYTES, MAX_EXTRA_KEYS, MAX_KIND_CHARS

TS = 1_764_000_000_123


def one(hear: Hear, sent: Any) -> Event:
    decoded = hear("event", json.dumps(sent))
    assert decoded.rejects == []
    (element,) = decoded.elements
    assert isinstance(element, Event)
    return element


def refused(hear: Hear, sent: Any) -> Reject:
    decoded = hear("event", json.dumps(sent))
    assert decoded.elements == []
    (reject,) = decoded.rejects
    return reject


def of(kind: Any, **attrs: Any) -> dict[str, Any]:
    return {"ts": TS, "boot": 3, "seq": 9, "kind": kind, "attrs": attrs}


def test_a_declared_event(hear: Hear) -> None:
    sent = {**of("clean_finished", duration_min=41, area_m2=38.5), "prev": {"boot": 2, "seq": 1}}
    attrs: dict[str, Json] = {"duration_min": 41.0, "area_m2": 38.5}
    assert one(hear, sent) == Event(0, TS, 3, 9, 0, "clean_finished", attrs, None, Previous(2, 1))


def test_attrs_may_be_absent(hear: Hear) -> None:
    sent = {"ts": TS, "boot": 3, "seq": 9, "kind": "wheel_stuck"}
    assert one(hear, sent).attrs == {}
    assert one(hear, {**sent, "attrs": None}).attrs == {}


def test_attributes_are_checked_like_signals(hear: Hear) -> None:
    assert refused(hear, of("clean_finished", duration_min="41")).reason is Reason.WRONG_TYPE
    assert refused(hear, of("clean_finished", duration_min=1e39)).reason is Reason.NOT_FINITE
    assert one(hear, of("clean_finished", duration_min=601)).quality == Quality.RANGE


@pytest.mark.parametrize("attrs", [{}, {"duration_min": None}, {"area_m2": 1}])
def test_a_required_attribute_must_be_there(hear: Hear, attrs: dict[str, Any]) -> None:
    reject = refused(hear, of("clean_finished", **attrs))
    assert reject.reason is Reason.WRONG_SHAPE
    assert "duration_min" in reject.detail


def test_undeclared_attributes_of_a_declared_kind_go_aside(hear: Hear) -> None:
    event = one(hear, {**of("wheel_stuck", side="left"), "site": 4})
    assert (event.attrs, event.extra) == ({}, {"site": 4, "side": "left"})
    assert event.quality == Quality.UNDECLARED


def test_an_undeclared_kind_is_kept_as_sent(hear: Hear) -> None:
    attrs = {"side": "left", "angle": None, "path": [{"x": 1}]}
    event = one(hear, of("lid_opened", **attrs))
    assert (event.kind, event.attrs, event.extra) == ("lid_opened", attrs, None)
    assert event.quality == Quality.UNDECLARED


def test_attributes_of_an_undeclared_kind_are_limited(hear: Hear) -> None:
    keys = {f"k{n}": n for n in range(MAX_EXTRA_KEYS)}
    assert one(hear, of("x", **keys)).attrs == keys
    assert refused(hear, of("x", **keys, more=1)).reason is Reason.TOO_LARGE
    assert refused(hear, of("x", k="x" * MAX_EXTRA_BYTES)).reason is Reason.TOO_LARGE
    deep: Any = 1
    for _ in range(20):
        deep = [deep]
    assert refused(hear, of("x", k=deep)).reason is Reason.TOO_DEEP


@pytest.mark.parametrize("kind", [None, "", 1, True, [], {}])
def test_kind_is_a_word(hear: Hear, kind: Any) -> None:
    assert refused(hear, of(kind)).reason is Reason.WRONG_SHAPE


def test_kind_has_a_longest(hear: Hear) -> None:
    assert one(hear, of("k" * MAX_KIND_CHARS)).kind == "k" * MAX_KIND_CHARS
    assert refused(hear, of("k" * (MAX_KIND_CHARS + 1))).reason is Reason.TOO_LARGE


@pytest.mark.parametrize("attrs", [[], "x", 1, False])
def test_attrs_is_an_object(hear: Hear, attrs: Any) -> None:
    assert refused(hear, {**of("x"), "attrs": attrs}).reason is Reason.WRONG_SHAPE


def test_without_clock_and_counters(hear: Hear) -> None:
    event = one(hear, {"kind": "wheel_stuck"})
    assert (event.ts_ms, event.boot, event.quality) == (ARRIVED_AT_MS, NO_BOOT, Quality.CLOCK)
    assert event.extra is None
