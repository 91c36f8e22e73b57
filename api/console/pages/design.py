"""The design system on one page: every part in every state, with figures nobody measured."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fastapi import Request
from fastapi.responses import HTMLResponse

from api.console.rendering import page
from api.console.routing import pages

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
        tones=("good", "warn", "bad", "info", "quiet"),
    )
