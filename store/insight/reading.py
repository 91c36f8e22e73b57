"""Questions about the fleet as a whole, each one query on the rollups of `store.insight`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal, TypeAlias

from psycopg import sql
from psycopg.rows import class_row

from store.database import Connection
from store.errors import translated
from store.insight.weeks import WEEK, monday

By: TypeAlias = Literal["product", "channel", "lang"]
Group: TypeAlias = Literal["firmware", "batch"]
_BY: Final[Mapping[str, sql.Identifier]] = {
    name: sql.Identifier(name) for name in ("product", "channel", "lang", "firmware", "batch")
}


@dataclass(frozen=True, slots=True)
class Said:
    """The claims of one topic in one group."""

    topic: str
    value: str
    """The product, channel or language of the group."""
    claims: int
    customers: int
    words: Mapping[str, int]
    """How many verdicts of each word."""
    ratios: Sequence[float]
    """Said by reported, rising."""


@translated()
def said(conn: Connection, by: By, since: datetime, until: datetime, products: Collection[str]) -> list[Said]:
    """What was claimed of `products` in `[since, until)`, by topic and group."""
    query = sql.SQL(
        """SELECT topic, value, sum(n)::int AS claims, max(customers) AS customers,
                  jsonb_object_agg(word, n) FILTER (WHERE word IS NOT NULL) AS words, ratios
           FROM (
               SELECT topic, {by} AS value, word, count(*) AS n FROM insight_claims
               WHERE said_at >= %(since)s AND said_at < %(until)s AND product = ANY(%(products)s) GROUP BY 1, 2, 3) w
           JOIN (
               SELECT topic, {by} AS value, count(DISTINCT customer_id) AS customers,
                      coalesce(array_agg(ratio ORDER BY ratio) FILTER (WHERE ratio IS NOT NULL), '{{}}') AS ratios
               FROM insight_claims
               WHERE said_at >= %(since)s AND said_at < %(until)s AND product = ANY(%(products)s) GROUP BY 1, 2) r
           USING (topic, value)
           GROUP BY topic, value, ratios ORDER BY topic, value"""
    ).format(by=_BY[by])
    with conn.cursor() as cursor:
        rows = cursor.execute(query, {"since": since, "until": until, "products": sorted(products)}).fetchall()
    return [Said(topic, value, n, customers, words or {}, ratios) for topic, value, n, customers, words, ratios in rows]


@dataclass(frozen=True, slots=True)
class Named:
    """How many units of a product and group a topic was said of, or a fault began at."""

    product: str
    value: str
    """Firmware version, or batch."""
    source: Literal["said", "reported"]
    topic: str
    """Of what is said a topic, of what is reported a kind of fault."""
    devices: int
    of: int
    """Units of the group that were heard in the time."""


@translated()
def named(conn: Connection, group: Group, since: datetime, until: datetime, products: Collection[str]) -> list[Named]:
    """By group, of how many units a topic was said in `[since, until)`, and at how many a fault began."""
    query = sql.SQL(
        """WITH week AS MATERIALIZED (
               SELECT d.product, w.device_id, {of_week} AS value, w.faults
               FROM insight_weeks w JOIN devices d USING (device_id)
               WHERE w.week >= %(first)s AND w.week < %(last)s AND d.product = ANY(%(products)s)
           ), sized AS (
               SELECT product, value, count(DISTINCT device_id) AS n FROM week WHERE value IS NOT NULL GROUP BY 1, 2
           ), found AS (
               SELECT product, {by} AS value, 'said' AS source, topic, count(DISTINCT device_id) AS n
               FROM insight_claims
               WHERE said_at >= %(since)s AND said_at < %(until)s AND product = ANY(%(products)s)
                 AND device_id IS NOT NULL AND {by} IS NOT NULL GROUP BY 1, 2, 4
               UNION ALL
               SELECT product, value, 'reported', fault, count(DISTINCT device_id)
               FROM week CROSS JOIN LATERAL jsonb_object_keys(faults) fault
               WHERE value IS NOT NULL GROUP BY 1, 2, 4
           ), met AS (SELECT DISTINCT product, source, topic FROM found)
           SELECT product, sized.value, source, topic, least(coalesce(found.n, 0), sized.n) AS devices, sized.n AS of
           FROM met JOIN sized USING (product) LEFT JOIN found USING (product, value, source, topic)
           ORDER BY product, source, topic, value"""
    ).format(by=_BY[group], of_week=sql.SQL("w.firmware" if group == "firmware" else "d.batch"))
    parameters = {
        "since": since,
        "until": until,
        "first": monday(since),
        "last": monday(until) + WEEK,
        "products": sorted(products),
    }
    with conn.cursor(row_factory=class_row(Named)) as cursor:
        return cursor.execute(query, parameters).fetchall()


@dataclass(frozen=True, slots=True)
class Fixed:
    """What became of the cases that were closed with one fix."""

    product: str | None
    fix: str
    closed: int
    watched: int
    """Those whose 30 days are over, or ended by what came back."""
    came_back: int
    days: Sequence[float]
    """Days until it came back, rising."""


@translated()
def fixed(conn: Connection, since: datetime, until: datetime, products: Collection[str]) -> list[Fixed]:
    """Cases closed in `[since, until)`, by product and fix."""
    with conn.cursor(row_factory=class_row(Fixed)) as cursor:
        return cursor.execute(
            """SELECT d.product, c.fix, count(*) AS closed, count(c.ended_at) AS watched,
                      count(c.came_back) AS came_back,
                      coalesce(array_agg(extract(epoch FROM c.ended_at - c.closed_at)::float8 / 86400
                          ORDER BY c.ended_at - c.closed_at) FILTER (WHERE c.came_back IS NOT NULL), '{}') AS days
               FROM closings c JOIN cases USING (case_id) LEFT JOIN devices d USING (device_id)
               WHERE c.closed_at >= %s AND c.closed_at < %s AND (d.product IS NULL OR d.product = ANY(%s))
               GROUP BY 1, 2 ORDER BY 1, 2""",
            (since, until, sorted(products)),
        ).fetchall()


@dataclass(frozen=True, slots=True)
class Weeks:
    """A customer's weeks with all units of one product, oldest first."""

    customer_id: int
    customer: str
    name: str
    product: str
    devices: Sequence[str]
    weeks: Sequence[date]
    uses: Sequence[int]
    heard: Sequence[float]
    """The smallest share of the week over the units."""


@translated()
def fallen(conn: Connection, first: date, recent: date, last: date, products: Collection[str]) -> list[Weeks]:
    """Customers who in the weeks from `recent` to before `last` used less, a week heard, than from `first` on.

    A unit counts in the weeks that were wholly its owner's, and its owner is who owns it now.
    """
    with conn.cursor(row_factory=class_row(Weeks)) as cursor:
        return cursor.execute(
            """WITH week AS (
                   SELECT o.customer_id, d.product, w.week, sum(w.uses)::int AS uses, min(w.heard)::float8 AS heard,
                          jsonb_agg(d.device ORDER BY d.device) AS devices
                   FROM insight_weeks w JOIN devices d USING (device_id) JOIN ownerships o USING (device_id)
                   WHERE w.week >= %(first)s AND w.week < %(last)s AND w.uses IS NOT NULL AND d.status = 'active'
                     AND d.product = ANY(%(products)s) AND upper_inf(o.during)
                     AND lower(o.during) <= w.week::timestamp AT TIME ZONE 'UTC'
                   GROUP BY 1, 2, 3
               )
               SELECT customer_id, customer, name, product,
                      (array_agg(devices ORDER BY week DESC))[1] AS devices,
                      array_agg(week ORDER BY week) AS weeks, array_agg(uses ORDER BY week) AS uses,
                      array_agg(heard ORDER BY week) AS heard
               FROM week JOIN customers USING (customer_id)
               GROUP BY customer_id, customer, name, product
               HAVING sum(uses) FILTER (WHERE week >= %(recent)s) * sum(heard) FILTER (WHERE week < %(recent)s)
                      < sum(uses) FILTER (WHERE week < %(recent)s) * sum(heard) FILTER (WHERE week >= %(recent)s)
               ORDER BY customer, product""",
            {"first": first, "recent": recent, "last": last, "products": sorted(products)},
        ).fetchall()


@dataclass(frozen=True, slots=True)
class Silent:
    """A device that is not heard, and whose it is."""

    device: str
    product: str
    since: datetime
    customer_id: int
    customer: str
    name: str


@translated()
def silent(conn: Connection, products: Collection[str], limit: int) -> list[Silent]:
    """Customers' devices that are silent now, the longest first."""
    with conn.cursor(row_factory=class_row(Silent)) as cursor:
        return cursor.execute(
            """SELECT d.device, d.product, q.since, c.customer_id, c.customer, c.name
               FROM silences q JOIN devices d USING (device_id)
               JOIN ownerships o ON o.device_id = q.device_id AND upper_inf(o.during) AND o.during @> now()
               JOIN customers c USING (customer_id)
               WHERE q.ended_at IS NULL AND d.status = 'active' AND d.product = ANY(%s)
               ORDER BY q.since, d.device LIMIT %s""",
            (sorted(products), limit),
        ).fetchall()
