"""From what is kept of a statement to what its reader is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from api.reach import Reach
from api.statements.claim_schemas import Kept, Read
from api.statements.schemas import Preview, Statement, Weighed
from api.statements.verdict_schemas import Judged, Stretch, Verdict, VerdictCorrection
from store import claims
from store.claims import Verdict as KeptVerdict
from store.statements import Statement as Row
from voice.statements import taking
from voice.statements.written import as_kept


def statements(reach: Reach, rows: Sequence[Row]) -> list[Statement]:
    """The statements as their reader may see them, in the same order."""
    open_to = [row.statement_id for row in rows if reach.reads(row.customer_id, row.product)]
    kept = claims.of(reach.visit.conn, open_to)
    shown = frozenset(open_to)
    return [statement(row, kept.get(row.statement_id, ()), withheld=row.statement_id not in shown) for row in rows]


def statement(row: Row, kept: Sequence[claims.Kept], *, withheld: bool) -> Statement:
    """One statement."""
    return Statement(
        statement=row.statement_id,
        case=row.case_id,
        customer=row.customer,
        device=row.device,
        product=row.product,
        channel=row.channel,
        text=None if withheld else row.text,
        lang=row.lang,
        said_at=row.said_at,
        received_at=row.received_at,
        answered_at=row.answered_at,
        author=row.author,
        claims=[claim(one) for one in kept],
        uncompared=None if withheld else row.uncompared,
        withheld=withheld,
    )


def claim(one: claims.Kept) -> Kept:
    """A claim with its newest verdict."""
    return Kept(
        **_read(one.claim),
        n=one.n,
        dropped=one.dropped,
        extracted=None if one.extracted is None or one.corrected is None else Read(**_read(one.extracted)),
        corrected_by=one.corrected_by,
        corrected_at=one.corrected_at,
        verdict=_newest(one),
        verdicts=one.verdicts,
    )


def _read(kept: Mapping[str, Any]) -> dict[str, Any]:
    window = kept.get("window")
    return {**kept, "window": None if window is None else Stretch.model_validate(window)}


def _newest(one: claims.Kept) -> Verdict | None:
    if one.verdict is None:
        return None
    corrected = None
    if one.verdict_corrected is not None:
        corrected = {
            "verdict": one.verdict_corrected,
            "because": one.verdict_because,
            "by": one.verdict_corrected_by,
            "at": one.verdict_corrected_at,
        }
    return Verdict.model_validate({**one.verdict, "computed_at": one.computed_at, "corrected": corrected})


def verdict(one: KeptVerdict) -> Verdict:
    """One of several verdicts on a claim."""
    corrected = None
    if one.corrected is not None and one.corrected_by is not None and one.corrected_at is not None:
        corrected = VerdictCorrection(
            verdict=one.corrected, because=one.because, by=one.corrected_by, at=one.corrected_at
        )
    return Verdict.model_validate({**one.verdict, "computed_at": one.computed_at, "corrected": corrected})


def preview(found: taking.Preview, *, withheld: bool) -> Preview:
    """What a statement would come to."""
    verdicts = {n: Judged.model_validate(one.as_json()) for n, one in enumerate(found.verdicts)}
    weighed = [Weighed(**_read(as_kept(one)), verdict=verdicts.get(n)) for n, one in enumerate(found.claims)]
    return Preview(
        lang=found.lang,
        product=found.product,
        case=found.case_id,
        claims=[] if withheld else weighed,
        uncompared=None if withheld else found.uncompared,
        withheld=withheld,
    )
