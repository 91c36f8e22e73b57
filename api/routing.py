"""How a feature makes its router."""

from __future__ import annotations

from fastapi import APIRouter

from api.permissions import API


def feature(tag: str) -> APIRouter:
    """A router under `/api/v1`. Its routes are taken over as they are, so that `app.routes` stays one flat list."""
    return APIRouter(prefix=API, tags=[tag])
