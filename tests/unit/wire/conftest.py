"""The product of the golden messages, and `decode` at one fixed arrival."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import catalog
from catalog.model import Product
from wire.decode import Decoded, decode

GOLDEN = Path(__file__).parents[2] / "golden"
ARRIVED_AT_MS = 1_764_000_001_000
OLDEST_TS_MS = ARRIVED_AT_MS - 400 * 86_400_000

Hear = Callable[..., Decoded]


@pytest.fixture(scope="session")
def golden() -> Path:
    return GOLDEN


@pytest.fixture(scope="session")
def product() -> Product:
    file = GOLDEN / "product.toml"
    return catalog.parse(file.read_text(encoding="utf-8"), file)


@pytest.fixture(scope="session")
def hear(product: Product) -> Hear:
    """`hear(channel, text or bytes)`: what arrives at ARRIVED_AT_MS, decoded."""

    def heard(channel: str, payload: str | bytes, content_type: str | None = None) -> Decoded:
        return decode(
            channel,
            payload.encode() if isinstance(payload, str) else payload,
            product,
            arrived_at_ms=ARRIVED_AT_MS,
            oldest_ts_ms=OLDEST_TS_MS,
            content_type=content_type,
        )

    return heard
