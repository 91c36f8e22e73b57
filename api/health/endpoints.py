"""Liveness, readiness and metrics, outside `/api/v1` and open to whoever reaches the port."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from api.auditing import Turn
from api.services import Serving
from api.shapes import Answer
from store.migrate import require_current

router = APIRouter(tags=["health"])


class Health(Answer):
    """It answers; that is all."""

    status: Literal["ok"] = "ok"


@router.get("/healthz")
async def healthz() -> Health:
    """Whether the process answers. Does not ask the database: restarting us would not bring that back."""
    return Health()


@router.get("/readyz")
def readyz(services: Turn) -> Health:
    """Whether requests can be served: the database is there and at this program's version; else 503."""
    with services.database.connection() as conn:
        require_current(conn)
    return Health()


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
async def metrics(services: Serving) -> Response:
    """Prometheus metrics of this process."""
    return Response(generate_latest(services.metrics.registry), media_type=CONTENT_TYPE_LATEST)
