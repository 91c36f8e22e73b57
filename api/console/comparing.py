"""What pages of said and reported share: the silences that their pictures shade."""

from __future__ import annotations

from collections.abc import Iterable

from api.auditing import Visit
from api.console.pictures import Picture
from store import comparing, devices
from store.errors import NotFound
from store.silences import LATE
from store.usage import Window

MOST_GAPS = 400
"""Shades of one picture: more are too thin to see."""


def shade(visit: Visit, drawn: Iterable[Picture]) -> None:
    """Have each picture know when its device was not heard; of several devices each period tells its own coverage."""
    for picture in drawn:
        named = (
            {picture.device}
            if picture.device
            else {one.device for voice in picture.voices for one in voice.verdict.evidence}
        )
        if len(named) != 1:
            continue
        try:
            found = devices.get(visit.conn, named.pop())
        except NotFound:
            continue
        product = visit.catalog.get(found.product)
        if product is None:
            continue
        start, end = picture.span
        quiet = comparing.silences(visit.conn, found.device_id, Window(start, end), product.heartbeat_s * LATE)
        longest = sorted(quiet, key=lambda one: one.until - one.since, reverse=True)[:MOST_GAPS]
        picture.gaps[:] = [(one.since, one.until) for one in longest]
