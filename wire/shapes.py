"""One parsed JSON value to one element, for each of the three channels. Raises Refused for what cannot be used."""

from __future__ import annotations

from typing import Any, Final

from catalog.elements import NO_BOOT, Event, Quality, Reading, Reason, State
from wire.clock import Window, milliseconds, resolve
from wire.envelope import (
    EVENT_MEMBERS,
    READING_MEMBERS,
    check_undeclared,
    counter,
    finished_extra,
    hashed_identity,
    open_envelope,
    undeclared_members,
)
from wire.limits import MAX_BOOT, MAX_COUNTER, MAX_FIRMWARE_CHARS, MAX_KIND_CHARS
from wire.refusal import Refused, kind_of
from wire.rules import ProductRules, check

_NATIVE: Final = ("ts", "values", "boot", "seq")
_USUAL_MEMBERS: Final = 4


def reading(index: int, sent: Any, rules: ProductRules, usable: Window) -> Reading:
    """A reading in the native or ThingsBoard's shape, or a bare `{"key": value}`."""
    if type(sent) is not dict:
        raise _not_an_object(sent)
    measured = sent.get("values")
    outer = None
    if type(measured) is dict:
        ts_ms, boot, seq, quality, device_ts, previous = open_envelope(sent, usable)
        # Four members, with counters and a usable ts among them, leave room for no other.
        if len(sent) > _USUAL_MEMBERS or boot == NO_BOOT or quality:
            outer = undeclared_members(sent, READING_MEMBERS)
    elif any(key in sent for key in _NATIVE):
        raise Refused(Reason.WRONG_SHAPE, f"values: expected an object, got {_given(sent, 'values')}")
    else:
        measured, previous = sent, None
        ts_ms, quality, device_ts = resolve(None, None, usable)
        boot, seq = NO_BOOT, hashed_identity(sent)
    values: dict[str, Any] = {}
    doubts, extra = check(measured, rules.signals, values, outer)
    quality |= doubts
    if extra is not None or device_ts is not None:
        extra, doubts = finished_extra(extra, device_ts, sent)
        quality |= doubts
    return Reading(index, ts_ms, boot, seq, quality, values, extra, previous)


def event(index: int, sent: Any, rules: ProductRules, usable: Window) -> Event:
    """An event. Of an undeclared kind it is kept as sent; of a declared one its undeclared attributes go to `extra`."""
    if type(sent) is not dict:
        raise _not_an_object(sent)
    kind = _text(sent, "kind", MAX_KIND_CHARS)
    if kind is None or not kind:
        raise Refused(Reason.WRONG_SHAPE, "kind: expected the kind of event, got nothing")
    sent_attrs = _object(sent, "attrs")
    ts_ms, boot, seq, quality, device_ts, previous = open_envelope(sent, usable)
    extra = undeclared_members(sent, EVENT_MEMBERS)
    declared = rules.events.get(kind)
    if declared is None:
        check_undeclared(sent_attrs, "attrs", sent)
        attrs = sent_attrs
        quality |= Quality.UNDECLARED.value
    else:
        attrs = {}
        doubts, extra = check(sent_attrs, declared.attributes, attrs, extra)
        quality |= doubts
        missing = declared.required - attrs.keys()
        if missing:
            raise Refused(Reason.WRONG_SHAPE, f"attrs: {min(missing)} is required for this kind of event")
    extra, doubts = finished_extra(extra, device_ts, sent)
    return Event(index, ts_ms, boot, seq, quality | doubts, kind, attrs, extra, previous)


def state(index: int, sent: Any, _rules: ProductRules, usable: Window) -> State:
    """Reported state, or a last will. `ts` that is not usable is left out: arrival is kept beside it anyway."""
    if type(sent) is not dict:
        raise _not_an_object(sent)
    online = sent.get("online")
    if type(online) is not bool:
        raise Refused(Reason.WRONG_SHAPE, f"online: expected true or false, got {_given(sent, 'online')}")
    boot = counter(sent, "boot", MAX_BOOT)
    conn = counter(sent, "conn", MAX_COUNTER)
    ts_ms = None
    if sent.get("ts") is not None:
        said = milliseconds(sent["ts"])
        ts_ms = said if usable.oldest_ms <= said <= usable.newest_ms else None
    firmware = _text(sent, "firmware", MAX_FIRMWARE_CHARS)
    desired = None if sent.get("desired_version") is None else counter(sent, "desired_version", MAX_COUNTER)
    values = _object(sent, "values")
    check_undeclared(values, "values", sent)
    return State(index, online, boot, conn, ts_ms, firmware, desired, values)


def _object(sent: dict[str, Any], key: str) -> dict[str, Any]:
    value = sent.get(key)
    if value is None:
        return {}
    if type(value) is not dict:
        raise Refused(Reason.WRONG_SHAPE, f"{key}: expected an object, got {kind_of(value)}")
    return value


def _text(sent: dict[str, Any], key: str, longest: int) -> str | None:
    value = sent.get(key)
    if value is None:
        return None
    if type(value) is not str:
        raise Refused(Reason.WRONG_SHAPE, f"{key}: expected a string, got {kind_of(value)}")
    if len(value) > longest:
        raise Refused(Reason.TOO_LARGE, f"{key}: more than {longest} characters")
    return value


def _given(sent: dict[str, Any], key: str) -> str:
    return kind_of(sent[key]) if key in sent else "nothing"


def _not_an_object(sent: Any) -> Refused:
    return Refused(Reason.WRONG_SHAPE, f"expected an object, got {kind_of(sent)}")
