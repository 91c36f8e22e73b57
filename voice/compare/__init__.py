"""The customer's claim beside the product's record: `judge` is pure, `compare` fetches the record first."""

from __future__ import annotations

from voice.compare.comparing import compare
from voice.compare.fetch.scope import Subject
from voice.compare.judge import judge
from voice.compare.record import Record
from voice.compare.thresholds import Thresholds
from voice.compare.verdict import METHOD, Verdict

__all__ = ["METHOD", "Record", "Subject", "Thresholds", "Verdict", "compare", "judge"]
