"""Liveness, readiness and metrics, outside `/api/v1` and open to whoever reaches the port."""

from __future__ import annotations

import time
from typing import Literal

import anyio
from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from api.services import Serving
from api.shapes import Answer
from store.answering import limited
from store.database import Database
from store.errors import Unavailable
from store.migrate import require_current

READY_WITHIN_S = 2.0
"""How long /readyz may take, whatever the database does."""

router = APIRouter(tags=["health"])


class Health(Answer):
    """It answers; that is all."""

    status: Literal["ok"] = "ok"


@router.get("/healthz")
async def healthz() -> Health:
    """Whether the process answers. Does not ask the database: restarting us would not bring that back."""
    return Health()


@router.get("/readyz")
async def readyz(services: Serving) -> Health:
    """Whether requests can be served: the database answers and is at this program's version; else 503, in time."""
    try:
        with anyio.fail_after(READY_WITHIN_S):
            # A thread of its own limit: those that wait for the database must not keep the answer from being given.
            await anyio.to_thread.run_sync(
                _require_ready, services.database, abandon_on_cancel=True, limiter=services.probes
            )
    except TimeoutError as error:
        raise Unavailable(f"the database has not answered within {READY_WITHIN_S:g} s") from error
    return Health()


def _require_ready(database: Database) -> None:
    until = time.monotonic() + READY_WITHIN_S * 0.9
    with database.connection(wait_s=READY_WITHIN_S / 2) as conn, limited(conn, until - time.monotonic()):
        require_current(conn)


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
async def metrics(services: Serving) -> Response:
    """Prometheus metrics of this process."""
    return Response(generate_latest(services.metrics.registry), media_type=CONTENT_TYPE_LATEST)
