"""The claims read in statements, the verdicts on them, and what people corrected of either, all kept side by side.

A claim or a verdict is an object of JSON whose members the room `voice` defines; here it is kept as it came.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from store.database import Connection
from store.errors import Conflict, NotFound, translated

Word: TypeAlias = Literal["agrees", "understates", "overstates", "contradicts", "cannot_tell"]
MAX_CLAIMS = 100
"""Of one statement."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A claim as it is kept, and the newest verdict on it."""

    statement_id: int
    n: int
    extracted: Mapping[str, Any] | None
    """None: a person found it."""
    corrected: Mapping[str, Any] | None
    dropped: bool
    """A person says that it is no claim."""
    corrected_by: str | None
    corrected_at: datetime | None
    verdict_id: int | None
    computed_at: datetime | None
    verdict: Mapping[str, Any] | None
    verdict_corrected: Word | None
    verdict_because: str | None
    verdict_corrected_by: str | None
    verdict_corrected_at: datetime | None
    verdicts: int
    """How many there are; earlier ones stay."""

    @property
    def claim(self) -> Mapping[str, Any]:
        """As it stands now."""
        found = self.corrected if self.corrected is not None else self.extracted
        assert found is not None
        return found


@translated()
def add(conn: Connection, statement_id: int, claims: Sequence[Mapping[str, Any]]) -> None:
    """Keep what was extracted of a statement, in text order."""
    conn.execute(
        """INSERT INTO claims (statement_id, n, extracted)
           SELECT %s, n - 1, claim FROM jsonb_array_elements(%s) WITH ORDINALITY AS found (claim, n)""",
        (statement_id, Jsonb(list(claims))),
    )


@translated()
def of(conn: Connection, statement_ids: Collection[int]) -> dict[int, list[Kept]]:
    """The claims of each statement in order; none of a statement without any."""
    found: dict[int, list[Kept]] = {}
    with conn.cursor(row_factory=class_row(Kept)) as cursor:
        rows = cursor.execute(
            """SELECT c.statement_id, c.n, c.extracted, c.corrected, c.dropped, c.corrected_by, c.corrected_at,
                      v.verdict_id, v.computed_at, v.verdict, v.corrected AS verdict_corrected,
                      v.because AS verdict_because, v.corrected_by AS verdict_corrected_by,
                      v.corrected_at AS verdict_corrected_at, coalesce(v.verdicts, 0) AS verdicts
               FROM claims c LEFT JOIN LATERAL (
                   SELECT *, count(*) OVER () AS verdicts FROM verdicts v
                   WHERE v.statement_id = c.statement_id AND v.n = c.n ORDER BY verdict_id DESC LIMIT 1) v ON true
               WHERE c.statement_id = ANY(%s) ORDER BY c.statement_id, c.n""",
            (list(statement_ids),),
        )
        for row in rows:
            found.setdefault(row.statement_id, []).append(row)
    return found


@translated()
def find(conn: Connection, statement_id: int, claim: Mapping[str, Any], by: str, at: datetime) -> int:
    """Add a claim that the extraction missed; returns its number. Raises `Conflict` when there are too many."""
    row = conn.execute(
        """INSERT INTO claims (statement_id, n, corrected, corrected_by, corrected_at)
           SELECT %(id)s, count(*), %(claim)s, %(by)s, %(at)s FROM claims WHERE statement_id = %(id)s
           HAVING count(*) < %(most)s RETURNING n""",
        {"id": statement_id, "claim": Jsonb(dict(claim)), "by": by, "at": at, "most": MAX_CLAIMS},
    ).fetchone()
    if row is None:
        raise Conflict(f"statement {statement_id} has {MAX_CLAIMS} claims already")
    return int(row[0])


@translated()
def correct(
    conn: Connection,
    statement_id: int,
    n: int,
    claim: Mapping[str, Any] | None,
    *,
    dropped: bool,
    by: str,
    at: datetime,
) -> None:
    """Put a correction beside claim `n`: what it says instead (None: what was extracted), or that it is no claim.

    Raises `NotFound`, and `InvalidValue` for a found claim that would be left without content.
    """
    changed = conn.execute(
        """UPDATE claims SET corrected = CASE WHEN extracted IS NULL AND %(claim)s::jsonb IS NULL THEN corrected
                                              ELSE %(claim)s END,
                             dropped = %(dropped)s, corrected_by = %(by)s, corrected_at = %(at)s
           WHERE statement_id = %(id)s AND n = %(n)s""",
        {
            "claim": None if claim is None else Jsonb(dict(claim)),
            "dropped": dropped,
            "by": by,
            "at": at,
            "id": statement_id,
            "n": n,
        },
    )
    if not changed.rowcount:
        raise NotFound(f"statement {statement_id} has no claim {n}")


@translated()
def judged(
    conn: Connection, statement_id: int, n: int, claim: Mapping[str, Any], verdict: Mapping[str, Any], at: datetime
) -> None:
    """Keep a verdict on `claim` as evidence, beside those there are."""
    conn.execute(
        "INSERT INTO verdicts (statement_id, n, computed_at, claim, verdict) VALUES (%s, %s, %s, %s, %s)",
        (statement_id, n, at, Jsonb(dict(claim)), Jsonb(dict(verdict))),
    )


@translated()
def correct_verdict(
    conn: Connection, statement_id: int, n: int, word: Word, because: str | None, *, by: str, at: datetime
) -> None:
    """Put what a person says instead beside the newest verdict. Raises `NotFound` when there is none."""
    changed = conn.execute(
        """UPDATE verdicts SET corrected = %s, because = %s, corrected_by = %s, corrected_at = %s
           WHERE verdict_id = (SELECT max(verdict_id) FROM verdicts WHERE statement_id = %s AND n = %s)""",
        (word, because, by, at, statement_id, n),
    )
    if not changed.rowcount:
        raise NotFound(f"claim {n} of statement {statement_id} was not compared, so there is no verdict to correct")


@dataclass(frozen=True, slots=True)
class Verdict:
    """One verdict on a claim, as it was computed then."""

    verdict_id: int
    computed_at: datetime
    claim: Mapping[str, Any]
    verdict: Mapping[str, Any]
    corrected: Word | None
    because: str | None
    corrected_by: str | None
    corrected_at: datetime | None


@translated()
def verdicts(conn: Connection, statement_id: int, n: int) -> list[Verdict]:
    """All verdicts on a claim, newest first."""
    with conn.cursor(row_factory=class_row(Verdict)) as cursor:
        return cursor.execute(
            """SELECT verdict_id, computed_at, claim, verdict, corrected, because, corrected_by, corrected_at
               FROM verdicts WHERE statement_id = %s AND n = %s ORDER BY verdict_id DESC""",
            (statement_id, n),
        ).fetchall()


@dataclass(frozen=True, slots=True)
class Labelled:
    """A statement whose reading a person corrected, and what it should have been."""

    statement_id: int
    lang: str
    product: str
    text: str
    customer_name: str
    device: str | None
    claims: list[Mapping[str, Any]]
    """As they stand, those that are none left out."""
    extracted: list[Mapping[str, Any]]
    verdicts: list[Mapping[str, Any]]
    """Those a person corrected: `claim`, `verdict` as it was computed, `corrected`."""


@translated()
def labelled(conn: Connection, *, hidden: Sequence[str], after: int = 0, many: int = 500) -> Iterator[Labelled]:
    """Every corrected statement of a known product that is none of `hidden`, in order of id, behind the id `after`."""
    while True:
        with conn.cursor(row_factory=class_row(Labelled)) as cursor:
            rows = cursor.execute(
                """SELECT s.statement_id, s.lang, s.product, s.text, c.name AS customer_name, d.device,
                          coalesce(jsonb_agg(coalesce(k.corrected, k.extracted) ORDER BY k.n)
                                   FILTER (WHERE NOT k.dropped), '[]') AS claims,
                          coalesce(jsonb_agg(k.extracted ORDER BY k.n)
                                   FILTER (WHERE k.extracted IS NOT NULL), '[]') AS extracted,
                          coalesce((SELECT jsonb_agg(jsonb_build_object(
                                        'claim', v.claim, 'verdict', v.word, 'corrected', v.corrected)
                                        ORDER BY v.verdict_id)
                                    FROM verdicts v WHERE v.statement_id = s.statement_id
                                    AND v.corrected IS NOT NULL), '[]') AS verdicts
                   FROM statements s JOIN claims k USING (statement_id) JOIN customers c USING (customer_id)
                        LEFT JOIN devices d ON d.device_id = s.device_id
                   WHERE s.statement_id > %(after)s AND s.product <> ALL(%(hidden)s::text[])
                     AND (EXISTS (SELECT FROM claims x
                                  WHERE x.statement_id = s.statement_id AND x.corrected_at IS NOT NULL)
                          OR EXISTS (SELECT FROM verdicts x
                                     WHERE x.statement_id = s.statement_id AND x.corrected IS NOT NULL))
                   GROUP BY s.statement_id, c.name, d.device ORDER BY s.statement_id LIMIT %(many)s""",
                {"after": after, "hidden": list(hidden), "many": many},
            ).fetchall()
        yield from rows
        if len(rows) < many:
            return
        after = rows[-1].statement_id
