"""The record of each topic: what the product knows of what was claimed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from catalog.model import Product
from store import comparing
from store import usage as stored
from store.comparing import Seen
from store.database import Connection
from store.usage import Asked, Window
from voice.claims.model import Claim
from voice.compare.fetch import counting, faults, lasting
from voice.compare.fetch import doses as prescribed
from voice.compare.fetch.counting import Tally, What, ranked, tally
from voice.compare.fetch.scope import Scope, Subject, choose, scope
from voice.compare.record import (
    About,
    Counted,
    EventRef,
    Level,
    Missing,
    Reason,
    Record,
    Share,
)
from voice.compare.thresholds import Thresholds

MAX_EVIDENCE: Final = 100
"""Events named in a verdict: the newest."""
HISTORY: Final = timedelta(days=4 * 366)
"""How far back owners, years of habit and batteries are looked for."""
_YEAR: Final = timedelta(days=365)


class Asking(NamedTuple):
    """What a record is fetched for."""

    conn: Connection
    product: Product
    where: Scope
    claim: Claim
    text: str | None
    t: Thresholds


def record(
    conn: Connection, subject: Subject, claim: Claim, said_at: datetime, t: Thresholds, *, text: str | None = None
) -> Record:
    """Everything a judgement of the claim needs. Raises `store.errors` and, of a zone, `voice.errors.UnknownZone`."""
    product = subject.product
    if product is None:
        return Record(said_at, said_at, None, Missing("undeclared"))
    where = scope(conn, product, subject, said_at, said_at - HISTORY)
    if not where.units:
        return _missing(where, said_at, said_at, "unowned")
    return _TOPICS[claim.topic](Asking(conn, product, where, claim, text, t))


def _missing(where: Scope, since: datetime, until: datetime, reason: Reason) -> Record:
    return Record(
        since, until, None, Missing(reason), len(where.units), where.others, calendar=where.calendar, zone=where.name
    )  # fmt: skip


def _made(
    ask: Asking,
    window: Window,
    coverage: float | None,
    about: About,
    seen: Iterable[Seen],
    total: int,
    *,
    own: bool,
) -> Record:
    where = ask.where
    touched = {device_id for device_id, _ in where.within(window)}
    return Record(
        window.since, window.until, coverage, about,
        len(touched), where.others, own,
        evidence=tuple(EventRef(where.device(e.device_id), e.ts, e.boot, e.seq, e.kind) for e in seen),
        evidence_total=total, calendar=where.calendar, zone=where.name,
    )  # fmt: skip


def _nothing(ask: Asking, reason: Reason) -> Record:
    return _missing(ask.where, ask.where.until, ask.where.until, reason)


def _counted(ask: Asking, what: What | None, *, regimen: bool = False) -> Record:
    """A count or minutes a period, or a word for it; with `regimen`, of the doses missed of it where there is one."""
    if what is None:
        return _nothing(ask, "undeclared")
    chosen = choose(ask.claim, ask.where, ask.t)
    if chosen is None:
        return _nothing(ask, "too_short")
    found = tally(ask.conn, ask.where, chosen, what)
    counted = found.counted
    coverage = found.coverage
    if regimen and (held := prescribed.prescribed(ask.conn, ask.where, chosen.window)) is not None:
        counted = held.missed(chosen, found)
        coverage = _of_prescribed(held, chosen.window, coverage)
    if ask.claim.low is None and ask.claim.high is None:
        rank = ranked(ask.conn, ask.where, chosen.window, what, ask.t)
        counted = Counted(counted.parts, counted.periods, counted.counter, rank)
    windows = ask.where.within(chosen.window)
    seen = comparing.newest(ask.conn, windows, what.kinds, limit=MAX_EVIDENCE)
    total = len(seen)
    if total == MAX_EVIDENCE:
        total = comparing.number_of(ask.conn, windows, what.kinds)
    return _made(ask, chosen.window, coverage, counted, seen, total, own=chosen.own)


def _of_prescribed(held: prescribed.Prescribed, window: Window, coverage: float | None) -> float | None:
    """Time of which nothing was prescribed says nothing of doses, however well it was heard."""
    return None if coverage is None else coverage * held.share_of(window.since, window.until)


def _frequency(ask: Asking) -> Record:
    return _counted(ask, counting.of_uses(ask.product))


def _duration(ask: Asking) -> Record:
    if ask.claim.per is not None:
        return _counted(ask, counting.of_uses(ask.product, minutes=True))
    use = ask.product.use
    if use is None or (use.start is None and use.duration is None):
        return _nothing(ask, "undeclared")
    chosen = choose(ask.claim, ask.where, ask.t)
    if chosen is None:
        return _nothing(ask, "too_short")
    lengths = lasting.sessions(ask.conn, ask.where, chosen.window, use)
    seen = comparing.newest(ask.conn, ask.where.within(chosen.window), {use.event}, limit=MAX_EVIDENCE)
    return _made(
        ask, chosen.window, _coverage(ask, chosen.window), lengths, seen, len(lengths.values), own=chosen.own
    )  # fmt: skip


def _missed(ask: Asking) -> Record:
    """Doses missed of those prescribed; without a regimen, as the product reports them."""
    doses = ask.product.doses
    return _counted(ask, None if doses is None else counting.of_events([doses.missed], doses.count), regimen=True)


def _adherence(ask: Asking) -> Record:
    """Doses taken of those prescribed; without a regimen, of those the product says were due."""
    doses = ask.product.doses
    if doses is None:
        return _nothing(ask, "undeclared")
    chosen = choose(ask.claim, ask.where, ask.t)
    if chosen is None:
        return _nothing(ask, "too_short")
    taken, missed = (
        tally(ask.conn, ask.where, chosen, counting.of_events([kind], doses.count))
        for kind in (doses.taken, doses.missed)
    )
    held = prescribed.prescribed(ask.conn, ask.where, chosen.window)
    about, coverage = _share(taken, missed), taken.coverage
    if held is not None:
        about, coverage = held.share, _of_prescribed(held, chosen.window, coverage)
    windows, kinds = ask.where.within(chosen.window), {doses.taken, doses.missed}
    seen = comparing.newest(ask.conn, windows, kinds, limit=MAX_EVIDENCE)
    total = comparing.number_of(ask.conn, windows, kinds)
    return _made(
        ask,
        chosen.window,
        coverage,
        about,
        seen,
        total,
        own=chosen.own,
    )


def _share(taken: Tally, missed: Tally) -> Share:
    """Of the doses heard of; in a silence there were as many more as its share of the time."""
    hits = sum(part.count for part in taken.counted.parts)
    of = hits + sum(part.count for part in missed.counted.parts)
    return Share(hits, of, of / taken.coverage - of if taken.coverage else 0.0)


def _runtime(ask: Asking) -> Record:
    battery = ask.product.battery
    if battery is None:
        return _nothing(ask, "undeclared")
    chosen = choose(ask.claim, ask.where, ask.t)
    if chosen is None:
        return _nothing(ask, "too_short")
    window = chosen.window
    if battery.runtime is not None:
        found = lasting.charges(ask.conn, ask.where, window, battery)
    else:  # a battery lasts longer than habits are looked back for
        window = Window(min(owned.since for owned in ask.where.owned), window.until)
        found = lasting.batteries(ask.conn, ask.where, window, battery)
    seen = found.seen[:MAX_EVIDENCE]
    return _made(ask, window, _coverage(ask, window), found.lengths, seen, len(found.seen), own=chosen.own)


def _fault_frequency(ask: Asking) -> Record:
    if not ask.product.fault:
        return _nothing(ask, "undeclared")
    spoken = faults.spoken_of(ask.product, ask.claim, ask.text)
    if ask.claim.unit != "percent":
        return _of_fault(_counted(ask, counting.of_events(sorted(spoken.opened_by))), spoken)
    if ask.product.use is None:
        return _nothing(ask, "undeclared")
    chosen = choose(ask.claim, ask.where, ask.t)
    if chosen is None:
        return _nothing(ask, "too_short")
    coverage = _coverage(ask, chosen.window)
    about = faults.share(ask.conn, ask.where, chosen.window, spoken)
    seen = comparing.newest(ask.conn, ask.where.within(chosen.window), spoken.opened_by, limit=MAX_EVIDENCE)
    made = _made(ask, chosen.window, coverage, about, seen, int(about.hits), own=chosen.own)
    return _of_fault(made, spoken)


def _of_fault(made: Record, spoken: faults.Spoken) -> Record:
    return replace(made, fault=faults.named(spoken.faults), fault_known=spoken.known)


def _fault_since(ask: Asking) -> Record:
    if not ask.product.fault:
        return _nothing(ask, "undeclared")
    spoken = faults.spoken_of(ask.product, ask.claim, ask.text)
    found = faults.since(ask.conn, ask.where, ask.claim, spoken, ask.t)
    said = max(ask.claim.low or 0.0, ask.claim.high or 0.0) / (1440 if ask.claim.unit == "min" else 1)
    heard = Window(
        max(ask.where.until - timedelta(days=max(1.0, min(said, 400.0))), found.window.since), ask.where.until
    )
    seen = found.seen[:MAX_EVIDENCE]
    made = _made(ask, heard, _coverage(ask, heard), found.elapsed, seen, len(found.seen), own=True)
    return _of_fault(made, spoken)


def _last_used(ask: Asking) -> Record:
    if ask.product.use is None:
        return _nothing(ask, "undeclared")
    found = lasting.last_used(ask.conn, ask.where, ask.product.use)
    said = max(ask.claim.low or 0.0, ask.claim.high or 0.0, 1.0)
    since = max(ask.where.until - timedelta(days=min(said, 400.0)), found.window.since)
    heard = Window(min(since, ask.where.until - timedelta(days=1)), ask.where.until)
    return _made(ask, heard, _coverage(ask, heard), found.elapsed, found.seen, len(found.seen), own=True)


def _level(ask: Asking) -> Record:
    """What was there within the hours before it was told, over all units."""
    stock = ask.product.stock
    if stock is None:
        return _nothing(ask, "undeclared")
    until = ask.where.until
    window = Window(until - timedelta(hours=ask.t.level_h), until)
    if ask.claim.window is not None and ask.claim.window.since < until:
        window = Window(ask.claim.window.since, min(ask.claim.window.until, until))
    found, most = [], []
    # What was told last before the window is what was there as it began.
    looked = Window(window.since - timedelta(seconds=ask.product.heartbeat_s), window.until)
    for device_id, owned in ask.where.within(looked):
        seen = comparing.looked(ask.conn, ask.product, device_id, stock.level, owned)
        if seen is not None:
            found.append(seen)
            if ask.claim.unit == "percent":
                past = Window(until - _YEAR, until)
                top = comparing.highest(ask.conn, ask.product, device_id, stock.level, past)
                most.append(max(top or 0.0, seen.highest))
    if not found or len(found) < len({device_id for device_id, _ in ask.where.within(looked)}):
        return _missing(ask.where, window.since, until, "nothing")
    about = Level(
        sum(f.value for f in found), sum(f.lowest for f in found), sum(f.highest for f in found),
        max(f.at for f in found), sum(most) or None,
    )  # fmt: skip
    own = ask.claim.window is not None
    return _made(ask, window, _coverage(ask, window), about, [], 0, own=own)


def _consumption(ask: Asking) -> Record:
    stock = ask.product.stock
    what = None if stock is None else counting.of_events([stock.taken], stock.items, stock.counter)
    return _counted(ask, what)


def _coverage(ask: Asking, window: Window) -> float | None:
    """Share of the window heard while units were the customer's; of several the smallest."""
    asked: dict[int, list[Window]] = {}
    for device_id, owned in ask.where.within(window):
        asked.setdefault(device_id, []).append(owned)
    seconds = stored.heard_seconds_of(ask.conn, [Asked(device_id, windows) for device_id, windows in asked.items()])
    shares = [
        sum(heard) / sum((w.until - w.since).total_seconds() for w in windows)
        for heard, windows in zip(seconds, asked.values(), strict=True)
    ]
    return min((min(share, 1.0) for share in shares), default=None)


_TOPICS: Final[Mapping[str, Callable[[Asking], Record]]] = {
    "usage_frequency": _frequency,
    "usage_duration": _duration,
    "missed_doses": _missed,
    "adherence": _adherence,
    "battery_runtime": _runtime,
    "fault_frequency": _fault_frequency,
    "fault_since": _fault_since,
    "stock_level": _level,
    "stock_consumption": _consumption,
    "last_used": _last_used,
}
