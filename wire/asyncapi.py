"""The wire contract as an AsyncAPI 3 document, generated from the catalogue.

Written from the platform's side: it *receives* what goes up and *sends* what goes down. Plausible
ranges stand as `x-plausible-range`, not as minimum and maximum: a value outside is stored and
flagged, never refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from catalog.model import Product
from wire.limits import MAX_ELEMENTS
from wire.payload_schemas import product_schemas, shared_schemas
from wire.topics import DOWN_CHANNELS, PREFIX, RETAINED, UP_CHANNELS, Direction

ASYNCAPI: Final = "3.0.0"
CONTRACT_VERSION: Final = "1.0.0"
MQTT_BINDING: Final = "0.2.0"

Document = dict[str, Any]

_SUMMARIES: Final[dict[tuple[Direction, str], str]] = {
    (Direction.UP, "telemetry"): f"A reading, or an array of up to {MAX_ELEMENTS}",
    (Direction.UP, "event"): f"An event, or an array of up to {MAX_ELEMENTS}",
    (Direction.UP, "state"): "Reported state, and the last will",
    (Direction.UP, "reply"): "Progress of a command",
    (Direction.UP, "firmware"): "Progress of a firmware update",
    (Direction.DOWN, "command"): "A command; on MQTT 5 with response topic and message expiry",
    (Direction.DOWN, "desired"): "Desired settings, versioned",
    (Direction.DOWN, "firmware"): "An offer of firmware",
    (Direction.DOWN, "rejected"): "Reasons of rejects, on request, at most one a minute",
}
_AT_MOST_ONCE: Final = frozenset({(Direction.DOWN, "rejected")})
_BY_PRODUCT: Final = frozenset(
    {
        (Direction.UP, "telemetry"),
        (Direction.UP, "event"),
        (Direction.UP, "state"),
        (Direction.DOWN, "command"),
    }
)
_DIRECTIONS: Final = ((Direction.UP, UP_CHANNELS), (Direction.DOWN, DOWN_CHANNELS))


def document(catalog: Mapping[str, Product]) -> Document:
    """The document for all products of `catalog`, as plain JSON values; the same each time it is
    made.
    """
    products = [catalog[key] for key in sorted(catalog)]
    ways = [(way, channel) for way, channels in _DIRECTIONS for channel in channels]
    schemas = shared_schemas()
    for product in products:
        schemas |= product_schemas(product)
    messages: Document = {}
    for way, channel in ways:
        messages |= _messages(way, channel, products)
    return {
        "asyncapi": ASYNCAPI,
        "id": "urn:vop:wire:v1",
        "info": {
            "title": "Voice of the product: what devices say and hear",
            "version": CONTRACT_VERSION,
            "description": (
                "MQTT 3.1.1 and 5, QoS 1. Client id, user name and device id are the same."
                " The unit of rejection is the element: its neighbours in an array are stored."
            ),
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {_name(way, channel): _channel(way, channel, products) for way, channel in ways},
        "operations": {_name(way, channel): _operation(way, channel, products) for way, channel in ways},
        "components": {
            "schemas": schemas,
            "messages": messages,
            "securitySchemes": {
                "device": {
                    "type": "userPassword",
                    "description": "User name and client id: the device id. Password: its secret.",
                }
            },
        },
    }


def _name(way: Direction, channel: str) -> str:
    return f"{way}_{channel}"


def _message_names(way: Direction, channel: str, products: list[Product]) -> dict[str, str]:
    """Message name -> the product it is of, or ""."""
    name = _name(way, channel)
    if (way, channel) in _BY_PRODUCT:
        return {f"{name}_{product.key}": product.key for product in products}
    return {name: ""}


def _messages(way: Direction, channel: str, products: list[Product]) -> Document:
    labels = {product.key: product.label.en for product in products}
    made: Document = {}
    for name, key in _message_names(way, channel, products).items():
        summary = _SUMMARIES[way, channel]
        made[name] = {
            "name": name,
            "title": f"{channel}: {labels[key]}" if key else channel,
            "summary": summary,
            "contentType": "application/json",
            "payload": {"$ref": f"#/components/schemas/{name}"},
        }
    return made


def _channel(way: Direction, channel: str, products: list[Product]) -> Document:
    return {
        "address": f"{PREFIX}/{{device}}/{way}/{channel}",
        "title": f"{way}/{channel}",
        "summary": _SUMMARIES[way, channel],
        "parameters": {"device": {"description": "The device id: 1 to 64 of A-Z a-z 0-9 . _ -"}},
        "messages": {
            name: {"$ref": f"#/components/messages/{name}"} for name in _message_names(way, channel, products)
        },
    }


def _operation(way: Direction, channel: str, products: list[Product]) -> Document:
    name = _name(way, channel)
    return {
        "action": "receive" if way is Direction.UP else "send",
        "channel": {"$ref": f"#/channels/{name}"},
        "summary": _SUMMARIES[way, channel],
        "security": [{"$ref": "#/components/securitySchemes/device"}],
        "messages": [
            {"$ref": f"#/channels/{name}/messages/{message}"} for message in _message_names(way, channel, products)
        ],
        "bindings": {
            "mqtt": {
                "qos": 0 if (way, channel) in _AT_MOST_ONCE else 1,
                "retain": (way, channel) in RETAINED,
                "bindingVersion": MQTT_BINDING,
            }
        },
    }
