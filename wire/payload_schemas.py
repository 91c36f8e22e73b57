"""JSON Schema (draft 7, AsyncAPI's own) of what the channels carry. They describe what to send;
`wire.decode` judges.

null means "not measured" wherever a value may stand, so every value may be null.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from catalog.model import Attribute, Command, Event, Product, Quantity
from wire.limits import (
    MAX_BOOT,
    MAX_COUNTER,
    MAX_ELEMENTS,
    MAX_EXTRA_KEYS,
    MAX_FIRMWARE_CHARS,
    MAX_KIND_CHARS,
    MAX_TEXT_CHARS,
)

Schema = dict[str, Any]

_TYPES: Final[dict[str, Schema]] = {
    "float32": {"type": ["number", "null"]},
    "float64": {"type": ["number", "null"]},
    "int64": {"type": ["integer", "null"], "minimum": -(2**63), "maximum": MAX_COUNTER},
    "bool": {"type": ["boolean", "null"]},
    "text": {"type": ["string", "null"], "maxLength": MAX_TEXT_CHARS},
    "enum": {"type": ["string", "null"]},
}
_BOOT: Final[Schema] = {"type": ["integer", "null"], "minimum": 0, "maximum": MAX_BOOT}
_COUNTER: Final[Schema] = {"type": ["integer", "null"], "minimum": 0, "maximum": MAX_COUNTER}
_STATUSES: Final = ("received", "running", "succeeded", "failed", "rejected")


def shared_schemas() -> dict[str, Schema]:
    """The schemas that are the same for every product, by name."""
    later = "Its members are published with the service that uses this channel."
    return {
        "ts": {
            "description": "When it was measured: milliseconds since the epoch, UTC, or RFC 3339.",
            "anyOf": [{"type": ["integer", "null"]}, {"type": "string", "format": "date-time"}],
        },
        "age_ms": {
            "description": "How long ago it was measured, for devices without a clock.",
            "type": ["integer", "null"],
            "minimum": 0,
        },
        "boot": {"description": "How often the device has started.", **_BOOT},
        "seq": {
            "description": "One counter a boot over readings and events, from 0.",
            **_COUNTER,
        },
        "prev": {
            "description": "The last element of the boot before; in a new boot's first element.",
            "type": ["object", "null"],
            "required": ["boot", "seq"],
            "properties": {
                "boot": {"type": "integer", "minimum": 0, "maximum": MAX_BOOT},
                "seq": {"type": "integer", "minimum": 0, "maximum": MAX_COUNTER},
            },
        },
        "up_reply": {
            "type": "object",
            "required": ["command_id", "status"],
            "properties": {
                "command_id": {"type": "string"},
                "status": {"enum": list(_STATUSES)},
                "ts": _ref("ts"),
                "result": {"type": ["object", "null"]},
                "error": {"type": ["string", "null"]},
            },
        },
        "up_firmware": {"type": "object", "description": later},
        "down_desired": {"type": "object", "description": later},
        "down_firmware": {"type": "object", "description": later},
        "down_rejected": {"type": "object", "description": later},
    }


def product_schemas(product: Product) -> dict[str, Schema]:
    """The schemas of one product, by names that end in its key."""
    key = product.key
    return {
        f"signals_{key}": {
            "type": "object",
            "description": f"Undeclared keys are kept aside, up to {MAX_EXTRA_KEYS}.",
            "properties": {signal.key: _quantity(signal) for signal in product.signal},
        },
        f"reading_{key}": {
            "type": "object",
            "required": ["values"],
            "properties": {**_outside(), "values": _ref(f"signals_{key}")},
        },
        f"bare_{key}": {
            "allOf": [
                _ref(f"signals_{key}"),
                {"not": {"anyOf": [{"required": [n]} for n in ("ts", "values", "boot", "seq")]}},
            ]
        },
        f"event_{key}": _event_schema(product),
        f"up_telemetry_{key}": _one_or_many({"anyOf": [_ref(f"reading_{key}"), _ref(f"bare_{key}")]}),
        f"up_event_{key}": _one_or_many(_ref(f"event_{key}")),
        f"up_state_{key}": _state_schema(product),
        f"down_command_{key}": _command_schema(product),
    }


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _outside() -> dict[str, Schema]:
    return {name: _ref(name) for name in ("ts", "age_ms", "boot", "seq", "prev")}


def _one_or_many(element: Schema) -> Schema:
    many = {"type": "array", "maxItems": MAX_ELEMENTS, "items": element}
    return {"anyOf": [element, many]}


def _quantity(quantity: Quantity) -> Schema:
    schema: Schema = {"title": quantity.label.en, **_TYPES[quantity.type], "x-unit": quantity.unit}
    if quantity.type == "enum":
        schema["enum"] = [*quantity.values, None]
    if quantity.range is not None:
        schema["x-plausible-range"] = list(quantity.range)
    if quantity.sensitive:
        schema["x-sensitive"] = True
    return schema


def _attributes(attributes: Sequence[Attribute]) -> Schema:
    schema: Schema = {
        "type": ["object", "null"],
        "properties": {attribute.key: _quantity(attribute) for attribute in attributes},
    }
    required = [attribute.key for attribute in attributes if attribute.required]
    if required:
        schema["type"] = "object"
        schema["required"] = required
        for key in required:
            schema["properties"][key] = {**schema["properties"][key], "not": {"type": "null"}}
    return schema


def _event_schema(product: Product) -> Schema:
    return {
        "type": "object",
        "required": ["kind"],
        "properties": {
            **_outside(),
            "kind": {
                "description": "Other kinds than these are kept, and marked as undeclared.",
                "type": "string",
                "minLength": 1,
                "maxLength": MAX_KIND_CHARS,
                "examples": [event.key for event in product.event],
            },
            "attrs": {"type": ["object", "null"]},
        },
        "allOf": [_attributes_of_kind(event) for event in product.event] or [{}],
    }


def _attributes_of_kind(event: Event) -> Schema:
    then: Schema = {"properties": {"attrs": _attributes(event.attribute)}}
    if any(attribute.required for attribute in event.attribute):
        then["required"] = ["attrs"]
    return {
        "title": event.label.en,
        "if": {"properties": {"kind": {"const": event.key}}, "required": ["kind"]},
        "then": then,
    }


def _state_schema(product: Product) -> Schema:
    return {
        "type": "object",
        "required": ["online", "boot", "conn"],
        "properties": {
            "online": {"type": "boolean"},
            "boot": {"type": "integer", "minimum": 0, "maximum": MAX_BOOT},
            "conn": {"type": "integer", "minimum": 0, "maximum": MAX_COUNTER},
            "ts": _ref("ts"),
            "firmware": {"type": ["string", "null"], "maxLength": MAX_FIRMWARE_CHARS},
            "desired_version": _COUNTER,
            "values": {
                "description": "Settings in force, and what else the device says of itself.",
                "type": ["object", "null"],
                "maxProperties": MAX_EXTRA_KEYS,
                "properties": {setting.key: _quantity(setting) for setting in product.setting},
            },
        },
    }


def _command_schema(product: Product) -> Schema:
    return {
        "type": "object",
        "required": ["command_id", "name", "args", "expires_at"],
        "properties": {
            "command_id": {"type": "string"},
            "name": {"type": "string"},
            "args": {"type": "object"},
            "expires_at": {"type": "integer", "description": "Milliseconds since the epoch, UTC."},
        },
        "anyOf": [_one_command(command) for command in product.command] or [{}],
    }


def _one_command(command: Command) -> Schema:
    arguments = {**_attributes(command.argument), "type": "object"}
    return {
        "title": command.label.en,
        "properties": {"name": {"const": command.name}, "args": arguments},
    }
