"""A product's declarations compiled to what checking a value needs, and the checks.

Each declared key becomes one small tuple, `(code, low, high)`. For numbers low and high are the
plausible range cut to what the type can hold at all, so that one comparison clears the usual value;
only what fails it is looked at twice.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from catalog.elements import Quality, Reason, Scalar
from catalog.model import Event, Product, Quantity
from wire.limits import MAX_TEXT_CHARS
from wire.refusal import Refused, kind_of

FLOAT32: Final = 0
FLOAT64: Final = 1
INT64: Final = 2
BOOL: Final = 3
TEXT: Final = 4
ENUM: Final = 5

FLOAT32_MAX = (2 - 2**-23) * 2.0**127
# Magnitudes up to here round to 0 in float32; PostgreSQL refuses that rounding (underflow).
_VANISHES, _VANISHES_BELOW = 2.0**-150, -(2.0**-150)

_MIN_INT64, _MAX_INT64 = -(2**63), 2**63 - 1
_INFINITE = float("inf")

_CODES: dict[str, int] = {
    "float32": FLOAT32,
    "float64": FLOAT64,
    "int64": INT64,
    "bool": BOOL,
    "text": TEXT,
    "enum": ENUM,
}
_HOLDS: dict[int, tuple[float, float]] = {
    FLOAT32: (-FLOAT32_MAX, FLOAT32_MAX),
    FLOAT64: (-_INFINITE, _INFINITE),
    INT64: (_MIN_INT64, _MAX_INT64),
}
_EXPECTED: dict[int, str] = {
    FLOAT32: "a number",
    FLOAT64: "a number",
    INT64: "an integer",
    BOOL: "true or false",
    TEXT: "a string",
    ENUM: "one of the declared words",
}

Rule = tuple[int, Any, Any]
Rules = dict[str, Rule]
"""Key -> (code, low, high); for an enum low is the set of its words."""


class EventRules(NamedTuple):
    """A declared kind of event."""

    attributes: Rules
    required: frozenset[str]


class ProductRules(NamedTuple):
    """Everything `decode` needs of a product."""

    signals: Rules
    events: dict[str, EventRules]


_MAX_COMPILED = 256
_compiled: dict[int, tuple[Product, ProductRules]] = {}


def rules_of(product: Product) -> ProductRules:
    """The compiled rules of `product`, made once for each object: to hash a whole product costs
    more than to decode.
    """
    known = _compiled.get(id(product))
    if known is None:
        if len(_compiled) >= _MAX_COMPILED:
            _compiled.clear()
        # The product is kept beside its rules so that its id is not given to another.
        known = _compiled[id(product)] = (product, _compile(product))
    return known[1]


def _compile(product: Product) -> ProductRules:
    return ProductRules(
        {signal.key: _rule(signal) for signal in product.signal},
        {event.key: _event(event) for event in product.event},
    )


def _event(event: Event) -> EventRules:
    required = frozenset(a.key for a in event.attribute if a.required)
    return EventRules({a.key: _rule(a) for a in event.attribute}, required)


def _rule(quantity: Quantity) -> Rule:
    code = _CODES[quantity.type]
    if code == ENUM:
        return code, frozenset(quantity.values), None
    if code not in _HOLDS:
        return code, None, None
    low, high = _HOLDS[code]
    if quantity.range is not None:
        low, high = max(low, quantity.range[0]), min(high, quantity.range[1])
    return code, low, high


def check(  # noqa: C901 - a function call for each value would double the time of a message
    sent: dict[str, Any], rules: Rules, values: dict[str, Any], extra: dict[str, Any] | None
) -> tuple[int, dict[str, Any] | None]:
    """Sort what a device sent into `values` (declared, in the catalogue's types) and `extra`
    (undeclared).

    null means "not measured" and is left out of both. Returns the quality bits and `extra`, made
    when needed. Raises Refused (wrong_type, not_finite, too_large) at the first unusable value.
    """
    quality = 0
    for key, value in sent.items():
        rule = rules.get(key)
        if rule is None:
            if value is not None:
                if extra is None:
                    extra = {}
                extra[key] = value
            continue
        code, low, high = rule
        given = type(value)
        if code <= FLOAT64:
            if given is int:
                value = float(value)  # noqa: PLW2901
            elif given is not float:
                if value is None:
                    continue
                raise _wrong_type(key, code, value)
            if not low <= value <= high:
                quality |= _implausible(key, code, value)
            if value <= _VANISHES and value >= _VANISHES_BELOW and code == FLOAT32:
                value = 0.0  # noqa: PLW2901
        elif value is None:
            continue
        elif code == INT64:
            if given is not int:
                raise _wrong_type(key, code, value)
            if not low <= value <= high:
                quality |= _implausible(key, code, value)
        elif code == BOOL:
            if given is not bool:
                raise _wrong_type(key, code, value)
        elif given is not str or (code == ENUM and value not in low):
            raise _wrong_type(key, code, value)
        elif code == TEXT and len(value) > MAX_TEXT_CHARS:
            raise Refused(Reason.TOO_LARGE, f"{key}: text of more than {MAX_TEXT_CHARS} characters")
        values[key] = value
    return quality, extra


def _implausible(key: str, code: int, value: Scalar) -> int:
    low, high = _HOLDS[code]
    if low <= value <= high:  # type: ignore[operator]
        return Quality.RANGE.value
    if code == INT64:
        raise Refused(Reason.WRONG_TYPE, f"{key}: integer outside the signed 64-bit range")
    raise Refused(Reason.NOT_FINITE, f"{key}: not finite in {'float32' if code == FLOAT32 else 'float64'}")


def _wrong_type(key: str, code: int, value: object) -> Refused:
    got = "another word" if code == ENUM and isinstance(value, str) else _described(value)
    return Refused(Reason.WRONG_TYPE, f"{key}: expected {_EXPECTED[code]}, got {got}")


def _described(value: object) -> str:
    return "a number that is no 64-bit integer" if isinstance(value, float) else kind_of(value)
