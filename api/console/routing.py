"""How a feature makes the router of its pages."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse


def pages() -> APIRouter:
    """A router of pages, at their own paths. The OpenAPI document speaks of the JSON beside them."""
    return APIRouter(default_response_class=HTMLResponse)
