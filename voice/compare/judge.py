"""A claim beside a record: the verdict, with everything it rests on. Pure and total."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from voice.claims.model import Claim, Per
from voice.compare import judging
from voice.compare.confidence import confidence
from voice.compare.explanations import explanations
from voice.compare.judging import Finding, denied
from voice.compare.record import Counted, Elapsed, Lengths, Level, Missing, Record, Share
from voice.compare.sentences import because
from voice.compare.thresholds import Thresholds
from voice.compare.tolerance import allowed, named
from voice.compare.verdict import Claimed, Evidence, PeriodCount, Reported, Verdict, Window


def judge(claim: Claim, record: Record, thresholds: Thresholds) -> Verdict:
    """What the record makes of the claim, by the rules of docs/comparison.md."""
    found = _found(claim, record, thresholds)
    if not record.fault_known and named(claim) != "never" and (claim.negated or found.answer != "agrees"):
        # A fault the product knows nothing of speaks neither for nor against the customer.
        found = replace(found, answer="cannot_tell", why="unknown_fault" if found.why == "compared" else found.why)
    if claim.negated:
        found = denied(found)
    return Verdict(
        verdict=found.answer,
        confidence=confidence(claim, record, found),
        why=found.why,
        claim=Claimed(
            topic=claim.topic, low=claim.low, high=claim.high, unit=claim.unit, per=claim.per,
            hedged=claim.hedged, negated=claim.negated, quote=claim.quote,
        ),
        allowed=found.agreed.as_json(),
        reported=_reported(claim, record, found),
        because=because(claim, record, found),
        explanations=explanations(claim, record, found),
        evidence=tuple(Evidence(**ref._asdict()) for ref in record.evidence),
        evidence_total=record.evidence_total,
        settings=thresholds.as_json(),
    )  # fmt: skip


def _found(claim: Claim, record: Record, t: Thresholds) -> Finding:
    match record.about:
        case Missing(reason=reason):
            return Finding("cannot_tell", reason, agreed=allowed(claim, t))
        case Lengths() | Share() | Level() | Elapsed() if claim.low is None and claim.high is None:
            return Finding("cannot_tell", "no_rank")
        case Counted() as about:
            return judging.counted(claim, record, about, t)
        case Lengths() as about:
            return judging.lengths(claim, record, about, t)
        case Share() as about:
            return judging.shares(claim, record, about, t)
        case Level() as about:
            return judging.level(claim, record, about, t)
        case Elapsed() as about:
            return judging.elapsed(claim, record, about, t)
        case _:
            assert_never(record.about)


def _reported(claim: Claim, record: Record, found: Finding) -> Reported:
    parts = record.about.parts if isinstance(record.about, Counted) else ()
    in_days = isinstance(record.about, Elapsed)
    per: Per | None = claim.per
    return Reported(
        value=found.value, low=found.low, high=found.high, interval=found.interval,
        unit="day" if in_days else claim.unit, per=per,
        window=Window(since=record.since, until=record.until),
        coverage=record.coverage, n=found.n, of=found.of, rank=found.rank,
        periods=tuple(
            PeriodCount(since=p.since, until=p.until, label=p.label, count=p.count, coverage=p.coverage)
            for p in parts
        ),
    )  # fmt: skip
