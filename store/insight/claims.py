"""`insight_claims`: a row a claim as it stands, with the newest verdict on it."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from store.database import Connection
from store.errors import translated

_FRESH: Final = """
CREATE TEMP TABLE fresh_claims ON COMMIT DROP AS
SELECT s.statement_id, c.n, s.said_at, s.customer_id, s.device_id, s.product, c.topic, s.channel, s.lang,
       f.firmware, d.batch, v.word,
       CASE WHEN v.said > 0 AND v.reported > 0 THEN v.said / v.reported END AS ratio
FROM statements s
JOIN claims c USING (statement_id)
LEFT JOIN devices d USING (device_id)
LEFT JOIN LATERAL (
    SELECT firmware FROM connections
    WHERE device_id = s.device_id AND arrived_at <= s.said_at AND firmware IS NOT NULL
    ORDER BY arrived_at DESC LIMIT 1) f ON true
LEFT JOIN LATERAL (
    SELECT coalesce(corrected, word) AS word, said, reported
    FROM verdicts
    WHERE statement_id = c.statement_id AND n = c.n
      AND EXISTS (SELECT FROM consents k WHERE k.customer_id = s.customer_id AND k.purpose = %(purpose)s
                  AND k.during @> %(now)s::timestamptz)
    ORDER BY verdict_id DESC LIMIT 1) v ON true
WHERE NOT c.dropped AND s.said_at >= %(since)s AND s.said_at < %(now)s"""


class Refreshed(NamedTuple):
    """What a refresh changed, in rows."""

    written: int
    removed: int


@translated()
def refresh(conn: Connection, purpose: str, since: datetime, now: datetime) -> Refreshed:
    """Make the rows of what was said in `[since, now)` what the sources say; older ones go.

    Verdicts of customers whose consent to `purpose` is not in force count as none. One transaction: readers see the
    rows before, or after.
    """
    with conn.transaction():
        conn.execute(_FRESH, {"purpose": purpose, "since": since, "now": now})
        conn.execute("CREATE UNIQUE INDEX ON fresh_claims (statement_id, n)")
        removed = conn.execute(
            """DELETE FROM insight_claims i
               WHERE NOT EXISTS (SELECT FROM fresh_claims f WHERE f.statement_id = i.statement_id AND f.n = i.n)"""
        ).rowcount
        written = conn.execute(
            """INSERT INTO insight_claims AS i SELECT * FROM fresh_claims
               ON CONFLICT (statement_id, n) DO UPDATE SET
                   said_at = excluded.said_at, customer_id = excluded.customer_id, device_id = excluded.device_id,
                   product = excluded.product, topic = excluded.topic, channel = excluded.channel,
                   lang = excluded.lang, firmware = excluded.firmware, batch = excluded.batch,
                   word = excluded.word, ratio = excluded.ratio
               WHERE (i.*) IS DISTINCT FROM (excluded.*)"""
        ).rowcount
    return Refreshed(written, removed)
