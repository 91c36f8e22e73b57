"""Faults: which one is spoken of, in which share of the uses it came, and since when."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from datetime import timedelta
from statistics import fmean
from typing import Final, NamedTuple

from catalog.model import Fault, Product
from store import comparing
from store import usage as stored
from store.comparing import Seen
from store.database import Connection
from store.usage import Window
from voice.claims.model import Claim
from voice.compare.fetch.scope import Scope
from voice.compare.judging import in_days
from voice.compare.record import Elapsed, Share, Words
from voice.compare.thresholds import Thresholds
from voice.compare.tolerance import allowed

NEAR: Final = 60
"""Characters around a claim in which the fault's name is looked for before the whole statement is."""
MAX_NAMES: Final = 2
MAX_EVENTS: Final = 2_000
MAX_USES: Final = 5_000
_MOST_DAYS: Final = 400.0
FEWEST_LETTERS: Final = 3
"""Of a word that endings may follow."""
_JOINER: Final = "\u200c"


class Spoken(NamedTuple):
    """The faults a claim may speak of."""

    faults: tuple[Fault, ...]
    known: bool
    """Its words are the catalogue's for them; else they are all of the product's."""

    @property
    def opened_by(self) -> set[str]:
        """The events with which they begin."""
        return {fault.opened_by for fault in self.faults}


def spoken_of(product: Product, claim: Claim, text: str | None) -> Spoken:
    """The faults a claim speaks of by the catalogue's words: those whose phrase is the longest that is said."""
    begin, end = claim.span
    near = "" if text is None else text[max(0, begin - NEAR) : end + NEAR]
    for part in (claim.quote, near, text or ""):
        said = _words(part)
        lengths = {fault.kind: _longest(fault, said) for fault in product.fault}
        most = max(lengths.values(), default=0)
        if most:
            return Spoken(tuple(fault for fault in product.fault if lengths[fault.kind] == most), known=True)
    return Spoken(product.fault, known=False)


def _longest(fault: Fault, said: Sequence[str]) -> int:
    """Letters of the longest of its phrases whose words are all said, whatever endings they have."""
    phrases = map(_words, fault.words.en + fault.words.fa)
    return max((sum(map(len, phrase)) for phrase in phrases if all(_is_said(word, said) for word in phrase)), default=0)


def _is_said(word: str, said: Sequence[str]) -> bool:
    return any(other == word or (len(word) >= FEWEST_LETTERS and other.startswith(word)) for other in said)


def _words(text: str) -> list[str]:
    letters = text.casefold().replace(_JOINER, "").replace("ي", "ی").replace("ك", "ک").replace("’", "'")
    return re.findall(r"[\w']+", letters)


def named(faults: Sequence[Fault]) -> Words:
    """How the faults are called; many have no name together."""
    if len(faults) > MAX_NAMES:
        return Words("any of its faults", "هر یک از ایرادهایش")
    return Words(" / ".join(f.label.en for f in faults), " / ".join(f.label.fa for f in faults))


def share(conn: Connection, where: Scope, window: Window, spoken: Spoken) -> Share:
    """Of the uses in the window, those in or after which a fault came before the next began.

    What was not heard is missing from both, so that the share is that of the uses heard.
    """
    use = where.product.use
    hits = of = 0
    for device_id, owned in where.within(window):
        starts = [u.start for u in stored.listing(conn, use, device_id, owned, limit=MAX_USES)] if use else []
        opened = [
            event.ts for event in comparing.newest(conn, [(device_id, owned)], spoken.opened_by, limit=MAX_EVENTS)
        ]
        hits += len({bisect_right(starts, moment) for moment in opened} - {0})
        of += len(starts)
    return Share(hits, of)


class Since(NamedTuple):
    """How long a fault has been there, and what tells it."""

    elapsed: Elapsed
    window: Window
    seen: list[Seen]


def since(conn: Connection, where: Scope, claim: Claim, spoken: Spoken, t: Thresholds) -> Since:
    """When the fault began that was there, or kept coming, as it was said."""
    said_at = where.until
    claimed = in_days(claim)
    band = allowed(claimed, t)
    most_days = min(_MOST_DAYS, 2 * (claimed.high or claimed.low or 0.0))
    look = Window(said_at - timedelta(days=max(t.look_back_days, most_days)), said_at)
    kinds = spoken.opened_by
    closing = {fault.closed_by for fault in spoken.faults if fault.closed_by is not None}
    seen = comparing.newest(conn, where.within(look), kinds | closing, limit=MAX_EVENTS)
    opened = [event for event in seen if event.kind in kinds]
    if not opened:
        return Since(Elapsed(None, None), look, [])
    first = _beginning(opened, claimed, t)
    high = low = _days(said_at - first.ts)
    pauses = [
        pause
        for pause in comparing.silences(conn, first.device_id, Window(look.since, first.ts), where.product.heartbeat_s)
        if pause.until >= first.ts
    ]
    if pauses:  # it was not heard right before: the fault may have come earlier
        high = _days(said_at - pauses[-1].since)
    working = _working(conn, where, claimed, band.low, opened, seen, closing)
    midnights = (said_at.astimezone(where.zone).date() - first.ts.astimezone(where.zone).date()).days
    return Since(Elapsed(low, high, midnights, working), look, [e for e in opened if e.ts >= first.ts])


def _beginning(opened: Sequence[Seen], claimed: Claim, t: Thresholds) -> Seen:
    """The first of those that came without a longer break; `opened` is newest first.

    A break is as long as the time the fault is said to have lasted, a day at least and a setting at most.
    """
    said = fmean(v for v in (claimed.low, claimed.high) if v is not None) if claimed.low or claimed.high else 0.0
    pause = timedelta(days=min(float(t.fault_pause_days), max(1.0, said)))
    first = opened[0]
    for event in opened[1:]:
        if first.ts - event.ts > pause:
            break
        first = event
    return first


def _working(
    conn: Connection,
    where: Scope,
    claimed: Claim,
    least_days: float,
    opened: Sequence[Seen],
    seen: Sequence[Seen],
    closing: set[str],
) -> int:
    """Uses that went well within the time a lasting fault is said to have been there.

    Before it came, or after it went for good. One that came and went several times is no lasting one.
    """
    use = where.product.use
    if use is None or not closing or not claimed.low:
        return 0
    begin = where.until - timedelta(days=least_days)
    stretches = []
    oldest = min((e.ts for e in opened if e.ts >= begin), default=None)
    if oldest is not None and all(e.ts >= begin for e in opened):
        stretches.append(Window(begin, oldest))
    whole = where.until - timedelta(days=claimed.low)
    newest = seen[0]
    if newest.kind in closing and sum(e.ts >= min(whole, newest.ts - timedelta(days=1)) for e in opened) <= 1:
        stretches.append(Window(max(newest.ts, begin), where.until))
    return sum(
        found.finished
        for window in stretches
        if window.since < window.until
        for device_id, owned in where.within(window)
        for found in stored.listing(conn, use, device_id, owned)
    )


def _days(length: timedelta) -> float:
    return max(0.0, length.total_seconds() / 86_400)
