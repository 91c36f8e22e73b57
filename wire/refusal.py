"""How the parts of decoding say that one element cannot be used. It never leaves `wire.decode`."""

from __future__ import annotations

from catalog.elements import Reason


class Refused(Exception):
    """One element is unusable. Caught where its index is known; `detail` names declared keys and no
    values.
    """

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


def kind_of(value: object) -> str:
    """The JSON word for the type of a parsed value."""
    if value is None:
        return "null"
    return _KINDS.get(type(value), "number")


_KINDS: dict[type, str] = {bool: "boolean", str: "string", dict: "object", list: "array"}
