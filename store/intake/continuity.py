"""Keep `runs`, `boots` and `heard` up to date with a batch. Called with the devices of the batch locked."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

from catalog.elements import NO_BOOT, Previous
from catalog.model import HEARTBEATS
from store.database import Connection
from store.intake.arrays import columns
from store.intake.spans import Run, Span, heard_in, merge_runs, merge_spans, pieces, union

Boot: TypeAlias = tuple[int, int]
"""device_id, boot."""

LAST_SEQ: Final = 2**63 - 1


class Seen(NamedTuple):
    """One stored element, as far as continuity is concerned."""

    device_id: int
    boot: int
    seq: int
    ts_ms: int
    previous: Previous | None
    is_new: bool
    """False for a redelivery."""


def update(conn: Connection, seen: Sequence[Seen], heartbeat_s: Mapping[int, float]) -> int:
    """Merge `seen` into runs, boots and heard; `heartbeat_s` by device_id.

    Returns how many new elements reuse a number.
    """
    numbered: defaultdict[Boot, list[Seen]] = defaultdict(list)
    heard: defaultdict[int, list[Span]] = defaultdict(list)
    for element in seen:
        if element.boot == NO_BOOT:
            heard[element.device_id].append(Span(element.ts_ms, element.ts_ms + _tail(heartbeat_s, element.device_id)))
        else:
            numbered[element.device_id, element.boot].append(element)
    reused = _runs_and_boots(conn, numbered, heard, heartbeat_s) if numbered else {}
    _extend_heard(conn, heard)
    return sum(reused.values())


def _tail(heartbeat_s: Mapping[int, float], device_id: int) -> int:
    return round(HEARTBEATS * heartbeat_s[device_id] * 1000)


def _runs_and_boots(
    conn: Connection,
    numbered: Mapping[Boot, list[Seen]],
    heard: defaultdict[int, list[Span]],
    heartbeat_s: Mapping[int, float],
) -> dict[Boot, int]:
    fresh: dict[Boot, list[Run]] = {}
    for boot, elements in numbered.items():
        cut = pieces((e.seq, e.ts_ms) for e in elements)
        fresh[boot] = [Run(p[0][0], p[-1][0], p[0][1], p[-1][1]) for p in cut]
        for piece in cut:
            heard[boot[0]] += heard_in(piece, _tail(heartbeat_s, boot[0]))
    stored = _stored_runs(conn, fresh)
    gone: list[tuple[int, ...]] = []
    written: list[tuple[int, ...]] = []
    reused: dict[Boot, int] = {}
    for boot, runs in fresh.items():
        change, bridges = merge_runs(stored[boot], runs)
        gone += [(*boot, seq) for seq in change.gone]
        written += [(*boot, *row) for row in change.written]
        heard[boot[0]] += bridges
        reused[boot] = _reused(numbered[boot], stored[boot])
    _write_runs(conn, gone, written)
    _write_boots(conn, numbered, reused)
    for device_id, span in _links(conn, numbered):
        heard[device_id].append(span)
    return reused


def _reused(elements: Iterable[Seen], stored: Sequence[Run]) -> int:
    """New elements whose number another element of the boot already has (its ts differs, or it were no new one)."""
    runs = sorted(stored)
    taken: set[int] = set()
    count = 0
    for element in elements:
        if element.is_new:
            before = bisect_right(runs, element.seq, key=_first_seq) - 1
            covered = before >= 0 and element.seq <= runs[before].last_seq
            count += covered or element.seq in taken
        taken.add(element.seq)
    return count


def _first_seq(run: Run) -> int:
    return run.first_seq


# To where a fresh run reaches, its right neighbour included, as a range of the index: behind it may lie thousands.
NEAR_RUNS: Final = """SELECT DISTINCT w.d, w.b, r.first_seq, r.last_seq, ms_of(r.first_ts),
       ms_of(r.last_ts)
FROM unnest(%s::int[], %s::int[], %s::bigint[], %s::bigint[]) AS w(d, b, lo, hi)
CROSS JOIN LATERAL (
    (SELECT * FROM runs WHERE device_id = w.d AND boot = w.b AND first_seq <= w.lo
     ORDER BY first_seq DESC LIMIT 1)
    UNION ALL
    SELECT * FROM runs WHERE device_id = w.d AND boot = w.b AND first_seq > w.lo AND first_seq <= w.hi
) r"""


def _stored_runs(conn: Connection, fresh: Mapping[Boot, list[Run]]) -> defaultdict[Boot, list[Run]]:
    """The stored runs that the fresh ones may touch: the last one that begins before each, and all that begin within.

    Asked for each fresh run apart: between the first and the last of a shuffled boot may lie thousands.
    """
    wanted = [(*boot, r.first_seq, min(r.last_seq, LAST_SEQ - 1) + 1) for boot, runs in fresh.items() for r in runs]
    rows = conn.cursor(binary=True).execute(NEAR_RUNS, columns(wanted, 4))
    found: defaultdict[Boot, list[Run]] = defaultdict(list)
    for device, boot, *run in rows:
        found[device, boot].append(Run(*run))
    return found


def _write_runs(conn: Connection, gone: Sequence[tuple[int, ...]], written: Sequence[tuple[int, ...]]) -> None:
    if gone:
        conn.execute(
            """DELETE FROM runs r USING unnest(%s::int[], %s::int[], %s::bigint[]) AS g(d, b, s)
               WHERE r.device_id = g.d AND r.boot = g.b AND r.first_seq = g.s""",
            columns(gone, 3),
        )
    if written:
        conn.execute(
            """INSERT INTO runs (device_id, boot, first_seq, last_seq, first_ts, last_ts)
               SELECT d, b, f, l, at_ms(fm), at_ms(lm)
               FROM unnest(%s::int[], %s::int[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
                    AS u(d, b, f, l, fm, lm)
               ON CONFLICT (device_id, boot, first_seq) DO UPDATE
               SET last_seq = EXCLUDED.last_seq, first_ts = EXCLUDED.first_ts, last_ts = EXCLUDED.last_ts""",
            columns(written, 6),
        )


def _write_boots(conn: Connection, numbered: Mapping[Boot, list[Seen]], reused: Mapping[Boot, int]) -> None:
    rows = []
    for boot, elements in numbered.items():
        times = [e.ts_ms for e in elements]
        link = next((e for e in elements if e.previous is not None), None)
        previous = link.previous if link else None
        rows.append(
            (
                *boot, min(times), max(times), reused[boot],
                previous.boot if previous else None, previous.seq if previous else None, link.ts_ms if link else None,
            )
        )  # fmt: skip
    conn.execute(
        """INSERT INTO boots AS b (device_id, boot, first_ts, last_ts, seq_reused, prev_boot, prev_seq, link_ts)
           SELECT d, n, at_ms(f), at_ms(l), r, pb, ps, at_ms(k)
           FROM unnest(%s::int[], %s::int[], %s::bigint[], %s::bigint[], %s::bigint[], %s::int[], %s::bigint[],
                       %s::bigint[]) AS u(d, n, f, l, r, pb, ps, k)
           ON CONFLICT (device_id, boot) DO UPDATE SET
               first_ts = least(b.first_ts, EXCLUDED.first_ts), last_ts = greatest(b.last_ts, EXCLUDED.last_ts),
               seq_reused = b.seq_reused + EXCLUDED.seq_reused, prev_boot = coalesce(b.prev_boot, EXCLUDED.prev_boot),
               prev_seq = coalesce(b.prev_seq, EXCLUDED.prev_seq), link_ts = coalesce(b.link_ts, EXCLUDED.link_ts)""",
        columns(rows, 8),
    )


def _links(conn: Connection, touched: Iterable[Boot]) -> list[tuple[int, Span]]:
    """Spans across restarts: from the last element of a boot to the one of the next boot that names it as `prev`.

    Looked for from both sides, for either may arrive last. Should the boot have gone on after the element that is
    named, the rest of its run is heard anyway, and the span begins at its end.
    """
    rows = conn.cursor(binary=True).execute(
        """SELECT l.device_id, ms_of(r.last_ts), ms_of(l.link_ts)
           FROM (SELECT b.* FROM unnest(%s::int[], %s::int[]) AS w(d, n)
                 JOIN boots b ON b.device_id = w.d AND b.boot = w.n AND b.prev_boot IS NOT NULL
                 UNION
                 SELECT b.* FROM unnest(%s::int[], %s::int[]) AS w(d, n)
                 JOIN boots b ON b.device_id = w.d AND b.prev_boot = w.n) l
           CROSS JOIN LATERAL (SELECT * FROM runs WHERE device_id = l.device_id AND boot = l.prev_boot
                               AND first_seq <= l.prev_seq ORDER BY first_seq DESC LIMIT 1) r
           WHERE r.last_seq >= l.prev_seq AND r.last_ts < l.link_ts""",
        columns(list(touched), 2) * 2,
    )
    return [(device, Span(since, until)) for device, since, until in rows]


def _extend_heard(conn: Connection, heard: Mapping[int, Sequence[Span]]) -> None:
    fresh = {device: union(spans) for device, spans in heard.items()}
    wanted = [(device, span.since, span.until) for device, spans in fresh.items() for span in spans]
    if not wanted:
        return
    rows = conn.cursor(binary=True).execute(
        """SELECT DISTINCT w.d, ms_of(h.since), ms_of(h.until)
           FROM (SELECT d, at_ms(s) AS since, at_ms(u) AS until
                 FROM unnest(%s::int[], %s::bigint[], %s::bigint[]) AS a(d, s, u)) w
           CROSS JOIN LATERAL (
               (SELECT since, until FROM heard WHERE device_id = w.d AND heard.since <= w.since
                ORDER BY heard.since DESC LIMIT 1)
               UNION ALL
               SELECT since, until FROM heard WHERE device_id = w.d AND heard.since > w.since AND heard.since <= w.until
           ) h""",
        columns(wanted, 3),
    )
    stored: defaultdict[int, list[Span]] = defaultdict(list)
    for device, since, until in rows:
        stored[device].append(Span(since, until))
    gone: list[tuple[int, ...]] = []
    written: list[tuple[int, ...]] = []
    for device, spans in fresh.items():
        change = merge_spans(stored[device], spans)
        gone += [(device, since) for since in change.gone]
        written += [(device, *row) for row in change.written]
    if gone:
        conn.execute(
            """DELETE FROM heard h USING unnest(%s::int[], %s::bigint[]) AS g(d, s)
               WHERE h.device_id = g.d AND h.since = at_ms(g.s)""",
            columns(gone, 2),
        )
    if written:
        conn.execute(
            """INSERT INTO heard (device_id, since, until)
               SELECT d, at_ms(s), at_ms(u)
               FROM unnest(%s::int[], %s::bigint[], %s::bigint[]) AS a(d, s, u)
               ON CONFLICT (device_id, since) DO UPDATE SET until = EXCLUDED.until""",
            columns(written, 3),
        )
