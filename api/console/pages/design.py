"""The design system on one page: every part in every state, with figures nobody measured."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fastapi import Request
from fastapi.responses import HTMLResponse

from api.console.rendering import console_of, page
from api.console.routing import pages

SAMPLE_DAY = datetime(2026, 11, 21, tzinfo=UTC)
"""The day of static/sample/, which the charts show."""

router = pages()


@router.get("/design")
async def design(request: Request) -> HTMLResponse:
    """All of it, in the reader's language and theme."""
    now = datetime.now(UTC)
    return page(
        request,
        None,
        "design/all.html",
        now=now,
        hour=timedelta(hours=1),
        minute=timedelta(minutes=1),
        start=SAMPLE_DAY,
        end=SAMPLE_DAY + timedelta(days=1),
        sample=console_of(request).assets.url("sample/history.json").rpartition("/")[0],
    )
