"""The golden messages: what a device sends on the left, what the platform understands on the right."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from catalog.elements import Element, Reason
from catalog.model import Product
from tests.unit.wire.conftest import GOLDEN
from wire.decode import decode
from wire.encode import encode

FILES = sorted(GOLDEN.glob("*.json"))
MEMBERS = {
    "about", "product", "channel", "content_type", "arrived_at_ms", "oldest_ts_ms", "elements", "rejects",
}  # fmt: skip
NOT_OF_A_MESSAGE = {Reason.UNKNOWN_DEVICE, Reason.BAD_TOPIC, Reason.CONFLICT, Reason.DATABASE}


def payload_of(message: dict[str, Any]) -> bytes:
    if "payload_base64" in message:
        return base64.b64decode(message["payload_base64"])
    text: str = message["payload"]
    return text.encode()


def as_golden(element: Element) -> dict[str, Any]:
    written = {"type": type(element).__name__.lower(), **element._asdict()}
    if written.get("previous") is not None:
        written["previous"] = written["previous"]._asdict()
    return written


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_golden(file: Path, product: Product) -> None:
    message = json.loads(file.read_text(encoding="utf-8"))
    assert message.keys() - {"payload", "payload_base64"} == MEMBERS
    assert message["product"] == product.key
    decoded = decode(
        message["channel"],
        payload_of(message),
        product,
        arrived_at_ms=message["arrived_at_ms"],
        oldest_ts_ms=message["oldest_ts_ms"],
        content_type=message["content_type"],
    )
    assert [as_golden(element) for element in decoded.elements] == message["elements"]
    rejects = [{"index": r.index, "reason": r.reason.value} for r in decoded.rejects]
    assert rejects == message["rejects"]


def test_every_reason_a_message_can_have_is_shown() -> None:
    shown = {reject["reason"] for file in FILES for reject in json.loads(file.read_text(encoding="utf-8"))["rejects"]}
    assert shown == set(Reason) - NOT_OF_A_MESSAGE


@pytest.mark.parametrize(
    "name",
    ["telemetry_reading", "telemetry_array", "telemetry_first_of_boot", "event_declared",
     "state_online", "state_will"],
)  # fmt: skip
def test_encode_writes_the_golden_message(name: str, golden: Path, product: Product) -> None:
    message = json.loads((golden / f"{name}.json").read_text(encoding="utf-8"))
    decoded = decode(
        message["channel"],
        payload_of(message),
        product,
        arrived_at_ms=message["arrived_at_ms"],
        oldest_ts_ms=message["oldest_ts_ms"],
    )
    assert json.loads(encode(decoded.elements)) == json.loads(payload_of(message))
