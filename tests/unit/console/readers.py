"""Formats of readers, with a clock that stands still."""

from __future__ import annotations

from datetime import UTC, datetime

from api.console import catalogues
from api.console.formats import Format

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def reading(language: str = "en", calendar: str = "gregorian", zone: str = "UTC") -> Format:
    """How one reader's page writes."""
    return Format(language, calendar, catalogues.load(language), clock=lambda: NOW).within(zone)
