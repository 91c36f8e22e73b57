"""Elements to bytes, as a device would send them: the other direction of `wire.decode`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import orjson

from catalog.elements import NO_BOOT, Element, Quality, Reading, State
from wire.envelope import EVENT_MEMBERS, READING_MEMBERS

_DEVICE_TS: Final = "device_ts"


def encode(elements: Sequence[Element]) -> bytes:
    """One element as an object, several as an array; compact UTF-8 JSON.

    What was resolved on arrival is not repeated: an element with `Quality.CLOCK` says what its
    device said of the time, or nothing; one of `NO_BOOT` carries neither boot nor seq. Raises
    TypeError for values JSON has no form for.
    """
    sent = [as_json(element) for element in elements]
    return orjson.dumps(sent[0] if len(sent) == 1 else sent)


def as_json(element: Element) -> dict[str, Any]:
    """The JSON object of one element."""
    if isinstance(element, State):
        return _state(element)
    sent: dict[str, Any] = {}
    extra = dict(element.extra or {})
    if element.quality & Quality.CLOCK:
        if _DEVICE_TS in extra:
            sent["ts"] = extra.pop(_DEVICE_TS)
    else:
        sent["ts"] = element.ts_ms
    if element.boot != NO_BOOT:
        sent["boot"], sent["seq"] = element.boot, element.seq
    if element.previous is not None:
        sent["prev"] = {"boot": element.previous.boot, "seq": element.previous.seq}
    if isinstance(element, Reading):
        sent["values"], outside = _apart(element.values, extra, READING_MEMBERS)
    else:
        sent["kind"] = element.kind
        sent["attrs"], outside = _apart(element.attrs, extra, EVENT_MEMBERS)
    return sent | outside


def _apart(
    values: dict[str, Any], extra: dict[str, Any], members: frozenset[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Undeclared keys stand beside the values, where none is taken for declared; but for those
    that would be taken for members of the element.
    """
    inside = {key: value for key, value in extra.items() if key in members}
    outside = {key: value for key, value in extra.items() if key not in members}
    return {**values, **inside}, outside


def _state(state: State) -> dict[str, Any]:
    sent: dict[str, Any] = {"online": state.online, "boot": state.boot, "conn": state.conn}
    optional = {
        "ts": state.ts_ms,
        "firmware": state.firmware,
        "desired_version": state.desired_version,
        "values": state.values or None,
    }
    return sent | {key: value for key, value in optional.items() if value is not None}
