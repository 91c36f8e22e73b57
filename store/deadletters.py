"""What was refused, why, how often, and the message it came in, so that it can be looked at and replayed.

A message is kept once however many of its elements are refused, and however often it is delivered.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from psycopg.rows import class_row

from catalog.elements import Reject
from store.database import Connection

MAX_DETAIL_CHARS = 500
MAX_TOPIC_CHARS = 512
"""A device may publish on topics of 65,535 bytes below its own, and a row of the index on topics takes 2,704. What is
cut off is no topic of ours: those have 100 characters at most."""


class Refused(NamedTuple):
    """A refused element and the message it stood in."""

    topic: str
    payload: bytes
    reject: Reject


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One row of the dead-letter list."""

    dead_letter_id: int
    topic: str
    element_index: int
    reason: str
    detail: str
    count: int
    payload_bytes: int
    payload: bytes
    """The first `sample` bytes when listed, everything when fetched for a replay."""
    first_at: datetime
    last_at: datetime
    replayed_at: datetime | None
    """When it was tried again last, in vain; None: never."""


def write(conn: Connection, refused: Iterable[Refused]) -> None:
    """Keep refused elements; one that is already there is counted up."""
    messages: dict[tuple[str, bytes], bytes] = {}
    letters: Counter[tuple[str, bytes, int, str]] = Counter()
    said: dict[tuple[str, bytes, int, str], tuple[str, int | None, int | None]] = {}
    for topic, payload, reject in refused:
        stored_topic = _storable(topic)[:MAX_TOPIC_CHARS]
        digest = hashlib.sha256(payload).digest()
        messages[stored_topic, digest] = payload
        letter = (stored_topic, digest, reject.index, reject.reason.value)
        letters[letter] += 1
        said[letter] = (_storable(reject.detail)[:MAX_DETAIL_CHARS], reject.boot, reject.seq)
    if not letters:
        return
    keys = sorted(messages)
    conn.execute(
        """INSERT INTO dead_messages (topic, sha256, payload)
           SELECT * FROM unnest(%s::text[], %s::bytea[], %s::bytea[])
           -- Not DO NOTHING: a message in use is locked, so that nobody deletes it as empty meanwhile.
           ON CONFLICT (topic, sha256) DO UPDATE SET topic = EXCLUDED.topic""",
        ([topic for topic, _ in keys], [digest for _, digest in keys], [messages[key] for key in keys]),
    )
    rows = [(*letter, *said[letter], letters[letter]) for letter in sorted(letters)]
    conn.execute(
        """INSERT INTO dead_letters AS d (message_id, element_index, reason, detail, boot, seq, count)
           SELECT m.message_id, u.i, u.r, u.e, u.b, u.s, u.n
           FROM unnest(%s::text[], %s::bytea[], %s::int[], %s::text[], %s::text[], %s::int[], %s::bigint[],
                       %s::bigint[]) AS u(t, h, i, r, e, b, s, n)
           JOIN dead_messages m ON m.topic = u.t AND m.sha256 = u.h
           ORDER BY m.message_id, u.i, u.r
           ON CONFLICT (message_id, element_index, reason) DO UPDATE
           SET count = d.count + EXCLUDED.count, last_at = now(), detail = EXCLUDED.detail,
               boot = EXCLUDED.boot, seq = EXCLUDED.seq""",
        [list(column) for column in zip(*rows, strict=True)],
    )


def _storable(text: str) -> str:
    """PostgreSQL's text takes neither NUL nor half a surrogate pair."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


_SELECT = """SELECT d.dead_letter_id, m.topic, d.element_index, d.reason, d.detail, d.count,
                    length(m.payload) AS payload_bytes, {payload} AS payload, d.first_at, d.last_at, d.replayed_at
             FROM dead_letters d JOIN dead_messages m USING (message_id) """

_CHOSEN = """(%(device)s::text IS NULL OR starts_with(m.topic, 'vop/v1/' || %(device)s || '/'))
    AND (%(start)s::timestamptz IS NULL OR d.last_at >= %(start)s)
    AND (%(end)s::timestamptz IS NULL OR d.last_at < %(end)s)"""


def listing(
    conn: Connection,
    *,
    reason: str | None = None,
    device: str | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    after: tuple[datetime, int] | None = None,
    limit: int = 50,
    sample: int = 1024,
) -> list[DeadLetter]:
    """Newest first, those last met in `[start, end)`; `after` is (last_at, dead_letter_id) of the last row of the page
    before.
    """
    query = _SELECT.replace("{payload}", "substr(m.payload, 1, %(sample)s)") + (
        f"""WHERE (%(reason)s::text IS NULL OR d.reason = %(reason)s) AND {_CHOSEN}
             AND (%(at)s::timestamptz IS NULL OR (d.last_at, d.dead_letter_id) < (%(at)s, %(id)s))
           ORDER BY d.last_at DESC, d.dead_letter_id DESC LIMIT %(limit)s"""
    )
    at, last_id = after or (None, None)
    parameters = {
        "reason": reason, "device": device, "start": start, "end": end,
        "at": at, "id": last_id, "limit": limit, "sample": sample,
    }  # fmt: skip
    with conn.cursor(row_factory=class_row(DeadLetter)) as cursor:
        return cursor.execute(query.encode(), parameters).fetchall()


class FromDevice(NamedTuple):
    """A dead letter as the gap report of its device tells of it."""

    at: datetime
    """When it came first."""
    reason: str
    boot: int | None
    """As the element says; None where that cannot be read."""
    seq: int | None
    dead_letter_id: int


# Through the unique index on (topic, sha256), never by a pattern: one probe a channel.
_OF_DEVICE = """FROM devices v
    JOIN dead_messages m ON m.topic = ANY(ARRAY['vop/v1/' || v.device || '/up/telemetry',
        'vop/v1/' || v.device || '/up/event', 'vop/v1/' || v.device || '/up/state'])
    JOIN dead_letters d USING (message_id)
    WHERE v.device_id = %(device)s"""


def of_device(
    conn: Connection, device_id: int, start: datetime, end: datetime, *, limit: int
) -> tuple[list[FromDevice], int]:
    """What a device sent that was refused and came first in `[start, end)`, newest first, and how much it is in all."""
    rows = conn.execute(
        f"""SELECT d.first_at, d.reason, d.boot, d.seq, d.dead_letter_id, count(*) OVER () {_OF_DEVICE}
            AND d.first_at >= %(start)s AND d.first_at < %(end)s
            ORDER BY d.first_at DESC, d.dead_letter_id DESC LIMIT %(limit)s""".encode(),
        {"device": device_id, "start": start, "end": end, "limit": limit},
    ).fetchall()
    return [FromDevice(*row[:-1]) for row in rows], rows[0][-1] if rows else 0


def numbers_of(conn: Connection, device_id: int) -> dict[int, list[int]]:
    """The numbers of a device that were refused, by boot, rising."""
    rows = conn.execute(
        f"SELECT d.boot, array_agg(DISTINCT d.seq ORDER BY d.seq) {_OF_DEVICE} AND d.boot IS NOT NULL "
        "GROUP BY d.boot".encode(),
        {"device": device_id},
    )
    return dict(rows.fetchall())


def reasons(
    conn: Connection, *, device: str | None = None, start: datetime | None = None, end: datetime | None = None
) -> dict[str, int]:
    """How many refused elements there are of each reason, repeats counted, most first; last met in `[start, end)`."""
    query = """SELECT d.reason, sum(d.count)::bigint FROM dead_letters d JOIN dead_messages m USING (message_id)
               WHERE {chosen} GROUP BY d.reason ORDER BY 2 DESC, 1""".replace("{chosen}", _CHOSEN)
    return dict(conn.execute(query.encode(), {"device": device, "start": start, "end": end}).fetchall())


def by_ids(conn: Connection, ids: Sequence[int], *, sample: int = 0) -> list[DeadLetter]:
    """Those of `ids` that are there, oldest first."""
    query = _SELECT.replace("{payload}", "substr(m.payload, 1, %(sample)s)") + (
        "WHERE d.dead_letter_id = ANY(%(ids)s) ORDER BY d.dead_letter_id"
    )
    with conn.cursor(row_factory=class_row(DeadLetter)) as cursor:
        return cursor.execute(query.encode(), {"ids": list(ids), "sample": sample}).fetchall()


def replayable(
    conn: Connection,
    *,
    ids: Sequence[int] | None = None,
    reason: str | None = None,
    after_id: int = 0,
    limit: int = 100,
) -> list[DeadLetter]:
    """Whole messages to replay, oldest first, those after `after_id`: named by `ids`, or all of a `reason`.

    `conflict` is never among them: what is stored came first, and replaying cannot change that.
    """
    query = _SELECT.replace("{payload}", "m.payload") + (
        """WHERE d.dead_letter_id > %(after)s AND d.reason <> 'conflict'
             AND (%(ids)s::bigint[] IS NULL OR d.dead_letter_id = ANY(%(ids)s))
             AND (%(reason)s::text IS NULL OR d.reason = %(reason)s)
           ORDER BY d.dead_letter_id LIMIT %(limit)s"""
    )
    parameters = {"after": after_id, "ids": list(ids) if ids is not None else None, "reason": reason, "limit": limit}
    with conn.cursor(row_factory=class_row(DeadLetter)) as cursor:
        return cursor.execute(query.encode(), parameters).fetchall()


def mark_stored(conn: Connection, ids: Sequence[int]) -> None:
    """Remove letters whose element was stored on replay, or has a new letter of another reason.

    A new letter is as old as the one it replaces: a device's missing clock is made up for by when its message came.
    """
    messages = _lock(conn, ids=list(ids))
    conn.execute(
        """UPDATE dead_letters d SET first_at = o.first_at
           FROM (SELECT message_id, min(first_at) AS first_at FROM dead_letters
                 WHERE dead_letter_id = ANY(%s) GROUP BY message_id) o
           WHERE d.message_id = o.message_id AND d.first_at > o.first_at AND d.dead_letter_id <> ALL(%s)""",
        (list(ids), list(ids)),
    )
    conn.execute("DELETE FROM dead_letters WHERE dead_letter_id = ANY(%s)", (list(ids),))
    _delete_empty(conn, messages)


def mark_refused_again(conn: Connection, letters: Sequence[DeadLetter], counted: Collection[int] = ()) -> None:
    """Note that these were tried. A replay is no delivery: where it counted one up (ids `counted`) that is undone."""
    ones = [letter.dead_letter_id in counted for letter in letters]
    conn.execute(
        """UPDATE dead_letters d
           SET replayed_at = now(), count = d.count - u.one::int,
               -- Somebody sent it in between: then that is when it was met last.
               last_at = CASE WHEN u.one AND d.count = u.count + 1 THEN u.last_at ELSE d.last_at END
           FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[], %s::boolean[]) AS u(id, count, last_at, one)
           WHERE d.dead_letter_id = u.id""",
        (
            [letter.dead_letter_id for letter in letters],
            [letter.count for letter in letters],
            [letter.last_at for letter in letters],
            ones,
        ),
    )


def expire(conn: Connection, before: datetime) -> int:
    """Delete letters last met before `before`, and the messages they leave empty; return how many letters."""
    messages = _lock(conn, before=before)
    deleted = conn.execute("DELETE FROM dead_letters WHERE last_at < %s", (before,)).rowcount
    _delete_empty(conn, messages)
    return deleted


def _lock(conn: Connection, *, ids: list[int] | None = None, before: datetime | None = None) -> list[int]:
    """Lock the messages of letters by id, or last met before a time, in the order `write` does; the messages' ids."""
    rows = conn.execute(
        """SELECT message_id FROM dead_messages
           WHERE message_id IN (SELECT message_id FROM dead_letters
                                WHERE (%(ids)s::bigint[] IS NULL OR dead_letter_id = ANY(%(ids)s))
                                  AND (%(before)s::timestamptz IS NULL OR last_at < %(before)s))
           ORDER BY topic, sha256 FOR UPDATE""",
        {"ids": ids, "before": before},
    )
    return [row[0] for row in rows]


def _delete_empty(conn: Connection, messages: Sequence[int]) -> None:
    # A statement of its own, for it must see what was written while `_lock` waited.
    conn.execute(
        """DELETE FROM dead_messages m WHERE m.message_id = ANY(%s)
             AND NOT EXISTS (SELECT 1 FROM dead_letters d WHERE d.message_id = m.message_id)""",
        (list(messages),),
    )
