"""Bytes to JSON values: at full speed for what is JSON, with care for what nearly is.

orjson refuses a whole message for one NaN, one 1e400, one lone surrogate or one deep element. Its
neighbours are innocent, so only then the standard library reads the message again, which lets us
find the culprit.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, Final, NamedTuple

from catalog.elements import Reason
from wire.limits import MAX_DEPTH
from wire.refusal import Refused

_MIN_INT64 = -(2**63)
_MAX_UINT64 = 2**64 - 1
_INT64_CHARS = 20

# Possessive, so that a string that never ends costs one pass. A bare quote matches only where a
# string is unfinished.
_MARKS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|["\[\]{},]', re.DOTALL)
_CLOSER = {"[": "]", "{": "}"}


ESCAPED_NUL: Final = b"\\u0000"
"""The only way for the character NUL into what orjson parses: a message without it needs no
`inspect`.
"""


class Suspect(NamedTuple):
    """A message that is JSON but for some of its elements. Each needs `inspect`."""

    document: Any
    deep: frozenset[int]
    """Indexes of elements nested too deeply to be parsed; what stands in their place means nothing.
    """


def read_tolerantly(payload: bytes) -> Suspect:
    """Parse what orjson refused. Raises Refused (not_utf8, not_json) when no part of it is JSON."""
    try:
        text = payload.decode()
    except UnicodeDecodeError as error:
        raise Refused(Reason.NOT_UTF8, f"not UTF-8 at byte {error.start}") from None
    try:
        return Suspect(_loads(text), frozenset())
    except RecursionError:
        shallow, deep = _without_deep(text)
        return Suspect(_loads(shallow), deep)


def inspect(value: Any) -> None:
    """Raise Refused for what no column can hold: NUL and lone surrogates (wrong_shape), NaN and
    infinities.
    """
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            _inspect_text(item)
        elif isinstance(item, float):
            if not math.isfinite(item):
                raise Refused(Reason.NOT_FINITE, "contains a number that is not finite")
        elif isinstance(item, list):
            pending.extend(item)
        elif isinstance(item, dict):
            pending.extend(item.values())
            pending.extend(item)


def exceeds_depth(value: Any, limit: int = MAX_DEPTH) -> bool:
    """Whether more than `limit` objects and arrays lie inside each other in `value`."""
    level = [value]
    for _ in range(limit):
        level = [child for item in level if isinstance(item, (dict, list)) for child in _children(item)]
        if not level:
            return False
    return any(isinstance(item, (dict, list)) for item in level)


def _children(item: dict[str, Any] | list[Any]) -> Any:
    return item.values() if isinstance(item, dict) else item


def _inspect_text(text: str) -> None:
    if "\0" in text:
        raise Refused(Reason.WRONG_SHAPE, "contains the character NUL")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Refused(Reason.WRONG_SHAPE, "contains half of a surrogate pair") from None


def _loads(text: str) -> Any:
    try:
        return json.loads(text, parse_int=_integer)
    except json.JSONDecodeError as error:
        raise Refused(Reason.NOT_JSON, f"not JSON: {error.msg} at character {error.pos}") from None


def _integer(digits: str) -> int | float:
    # As orjson does: beyond 64 bits an integer is a float, so both routes give one element the same
    # identity.
    if len(digits) > _INT64_CHARS:
        return float(digits)
    number = int(digits)
    return number if _MIN_INT64 <= number <= _MAX_UINT64 else float(number)


def _without_deep(text: str) -> tuple[str, frozenset[int]]:
    """`text` with `0` in the place of each element nested deeper than MAX_DEPTH, and the indexes of
    those.

    Raises Refused (not_json) when brackets do not match or a string does not end, as in a truncated
    message.
    """
    outer = 1 if text.lstrip()[:1] == "[" else 0
    stack: list[str] = []
    kept: list[str] = []
    deep: set[int] = set()
    index, start, deepest = 0, 0, 0

    def finish(end: int) -> None:
        if deepest - outer > MAX_DEPTH:
            deep.add(index)
            kept.append("0")
        else:
            kept.append(text[start:end])

    for match in _MARKS.finditer(text):
        mark = match.group()
        if mark in _CLOSER:
            stack.append(_CLOSER[mark])
            deepest = max(deepest, len(stack))
            if outer and len(stack) == 1:
                kept.append(text[: match.end()])
                start = match.end()
        elif mark in ("]", "}"):
            if not stack or stack.pop() != mark:
                raise Refused(Reason.NOT_JSON, f"not JSON: unexpected bracket at character {match.start()}")
            if outer and not stack:
                finish(match.start())
                start, outer = match.start(), 0
                deepest = 0
        elif mark == "," and outer and len(stack) == 1:
            finish(match.start())
            kept.append(",")
            index, start, deepest = index + 1, match.end(), 0
        elif mark == '"':
            raise Refused(Reason.NOT_JSON, f"not JSON: unterminated string at character {match.start()}")
    if stack:
        raise Refused(Reason.NOT_JSON, f"not JSON: {len(stack)} brackets are not closed")
    finish(len(text))
    return "".join(kept), frozenset(deep)
