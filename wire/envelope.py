"""What readings and events have in common: time, identity, the link to the boot before, and
undeclared keys.
"""

from __future__ import annotations

import hashlib
from typing import Any, TypeAlias

import orjson

from catalog.elements import NO_BOOT, Previous, Quality, Reason
from wire.clock import Window, resolve
from wire.json_text import exceeds_depth
from wire.limits import MAX_BOOT, MAX_COUNTER, MAX_DEPTH, MAX_EXTRA_BYTES, MAX_EXTRA_KEYS
from wire.refusal import Refused

_COMMON = frozenset({"ts", "boot", "seq", "prev", "age_ms"})
READING_MEMBERS = _COMMON | {"values"}
EVENT_MEMBERS = _COMMON | {"kind", "attrs"}


Envelope: TypeAlias = tuple[int, int, int, int, int | float | str | None, Previous | None]
"""The outside of one element: ts_ms, boot, seq, quality, what the device said in vain of the time,
the link.
"""


def open_envelope(sent: dict[str, Any], usable: Window) -> Envelope:
    """Read time and identity. null is the same as absent. Raises Refused (wrong_shape, bad_ts)."""
    boot, seq, ts = sent.get("boot"), sent.get("seq"), sent.get("ts")
    if type(boot) is int and type(seq) is int:
        if not (0 <= boot <= MAX_BOOT and 0 <= seq <= MAX_COUNTER):
            raise _bad_identity(boot, seq)
    elif boot is None and seq is None:
        boot, seq = NO_BOOT, hashed_identity(sent)
    else:
        raise _bad_identity(boot, seq)
    previous = _previous(sent["prev"], boot) if "prev" in sent else None
    _, oldest_ms, newest_ms = usable
    if type(ts) is int and oldest_ms <= ts <= newest_ms and "age_ms" not in sent:
        return ts, boot, seq, 0, None, previous
    ts_ms, quality, device_ts = resolve(ts, sent.get("age_ms"), usable)
    return ts_ms, boot, seq, quality, device_ts, previous


def counters(sent: Any) -> tuple[int, int] | tuple[None, None]:
    """Boot and seq of an element that is refused for another reason, (None, None) where they cannot be read."""
    if type(sent) is dict:
        boot, seq = sent.get("boot"), sent.get("seq")
        if type(boot) is int and type(seq) is int and 0 <= boot <= MAX_BOOT and 0 <= seq <= MAX_COUNTER:
            return boot, seq
    return None, None


def counter(sent: dict[str, Any], key: str, highest: int) -> int:
    """The whole number `key` of `sent`, 0 to `highest`. Raises Refused (wrong_shape)."""
    value = sent.get(key)
    if type(value) is int and 0 <= value <= highest:
        return value
    raise Refused(Reason.WRONG_SHAPE, f"{key}: expected a whole number, 0 to {highest}")


def hashed_identity(sent: dict[str, Any]) -> int:
    """The `seq` of an element without one: the first 63 bits of SHA-256 of its canonical JSON.

    Canonical is compact, with sorted keys: neither blanks nor the order of keys make another
    element.
    """
    if exceeds_depth(sent):
        raise too_deep()
    digest = hashlib.sha256(orjson.dumps(sent, option=orjson.OPT_SORT_KEYS)).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def undeclared_members(sent: dict[str, Any], members: frozenset[str]) -> dict[str, Any] | None:
    """The members of the element itself that the contract does not name, None if there are none;
    nulls are left out.
    """
    return {key: value for key, value in sent.items() if key not in members and value is not None} or None


def check_undeclared(extra: dict[str, Any], what: str, sent: dict[str, Any]) -> None:
    """Raise Refused (too_large, too_deep) unless `extra` of the element `sent` keeps to the limits
    of the undeclared.
    """
    if len(extra) > MAX_EXTRA_KEYS:
        raise Refused(Reason.TOO_LARGE, f"{what}: more than {MAX_EXTRA_KEYS} keys")
    if exceeds_depth(sent):
        raise too_deep()
    if len(orjson.dumps(extra)) > MAX_EXTRA_BYTES:
        raise Refused(Reason.TOO_LARGE, f"{what}: more than {MAX_EXTRA_BYTES} bytes of JSON")


def finished_extra(
    extra: dict[str, Any] | None, device_ts: int | float | str | None, sent: dict[str, Any]
) -> tuple[dict[str, Any] | None, int]:
    """What goes into the column `extra`, and the quality bits it brings. Raises as
    `check_undeclared`.
    """
    quality = 0
    if extra is not None:
        check_undeclared(extra, "undeclared keys", sent)
        quality = Quality.UNDECLARED.value
    if device_ts is not None:
        extra = {**(extra or {}), "device_ts": device_ts}
    return extra, quality


def too_deep() -> Refused:
    """The refusal of an element that is nested too deeply."""
    return Refused(Reason.TOO_DEEP, f"more than {MAX_DEPTH} objects and arrays inside each other")


def _previous(prev: Any, boot: int) -> Previous | None:
    if prev is None:
        return None
    if type(prev) is not dict:
        raise Refused(Reason.WRONG_SHAPE, "prev: expected an object with boot and seq")
    before = Previous(counter(prev, "boot", MAX_BOOT), counter(prev, "seq", MAX_COUNTER))
    if before.boot >= boot:
        raise Refused(Reason.WRONG_SHAPE, "prev: names no earlier boot than the element's own")
    return before


def _bad_identity(boot: Any, seq: Any) -> Refused:
    if boot is None or seq is None:
        return Refused(Reason.WRONG_SHAPE, "boot and seq: both or neither")
    key, highest = ("seq", MAX_COUNTER) if type(boot) is int and 0 <= boot <= MAX_BOOT else ("boot", MAX_BOOT)
    return Refused(Reason.WRONG_SHAPE, f"{key}: expected a whole number, 0 to {highest}")
