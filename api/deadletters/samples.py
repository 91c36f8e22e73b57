"""The beginning of a refused message, made harmless to look at and shown only where it tells of no person."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence

from api.access import is_guarded
from api.auditing import Visit
from api.deadletters.schemas import DeadLetter, Sample
from store import deadletters
from store.registry import Registry
from wire import topics
from wire.errors import BadTopic

MAX_BYTES = 1_024
MAX_HEX_BYTES = 128
_WHITE = frozenset("\t\n\r")
_UTF8_TAIL = 3
"""Bytes a character may lack where a message was cut."""


def presenter(
    visit: Visit, rows: Sequence[deadletters.DeadLetter], sample_bytes: int
) -> Callable[[deadletters.DeadLetter], DeadLetter]:
    """What makes of a row what the visitor is shown."""
    open_devices = _open_devices(visit, rows) if sample_bytes else frozenset()

    def shown(row: deadletters.DeadLetter) -> DeadLetter:
        letter = DeadLetter.model_validate({name: getattr(row, name) for name in _COPIED})
        if _device_of(row.topic) not in open_devices:
            return letter
        return letter.model_copy(update={"sample": sample(row.payload, row.payload_bytes)})

    return shown


_COPIED = tuple(name for name in DeadLetter.model_fields if name != "sample")


def sample(payload: bytes, whole_bytes: int) -> Sample:
    """The first bytes of a message of `whole_bytes`, for a person's eyes."""
    cut = len(payload) < whole_bytes
    text = _text(payload, cut=cut)
    if text is not None:
        return Sample(text=text, is_hex=False, cut=cut)
    return Sample(text=payload[:MAX_HEX_BYTES].hex(" "), is_hex=True, cut=cut or len(payload) > MAX_HEX_BYTES)


def _text(payload: bytes, *, cut: bool) -> str | None:
    """UTF-8 without control characters; what is unseen, or turns writing around, is written as its code."""
    for lost in range(_UTF8_TAIL + 1 if cut else 1):
        try:
            text = payload[: len(payload) - lost].decode("utf-8")
        except UnicodeDecodeError:
            continue
        kinds = {letter: unicodedata.category(letter) for letter in set(text) - _WHITE}
        if "Cc" in kinds.values():
            return None
        unseen = {
            ord(letter): f"\\u{{{ord(letter):x}}}" for letter, kind in kinds.items() if kind in ("Cf", "Zl", "Zp")
        }
        return text.translate(unseen)
    return None


def _open_devices(visit: Visit, rows: Sequence[deadletters.DeadLetter]) -> frozenset[str]:
    """Devices that measure nothing about a person. One nobody knows may be any product."""
    names = sorted({name for row in rows if (name := _device_of(row.topic)) is not None})
    known = Registry().lookup(visit.conn, names)
    products = {name: visit.catalog.get(device.product) for name, device in known.items()}
    return frozenset(name for name, product in products.items() if product is not None and not is_guarded(product))


def _device_of(topic: str) -> str | None:
    try:
        return topics.parse(topic).device
    except BadTopic:
        return None
