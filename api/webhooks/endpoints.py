"""Webhooks: endpoints that an administrator registers, each with a secret that is shown once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import Path
from fastapi.responses import JSONResponse
from pydantic import Field, StringConstraints

from api.auditing import Visiting
from api.idempotent import OnlyOnce
from api.parameters import NoNul
from api.routing import feature
from api.shapes import Answer, Body
from store import webhooks

router = feature("webhooks")

Kind = Literal["order.opened", "order.received", "order.cancelled"]
Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s@]+$", max_length=2000), NoNul]
WebhookId = Annotated[int, Path(ge=1, le=2**63 - 1, description="Number of the webhook.")]


class NewWebhook(Body):
    """An endpoint, and the kinds of events it wants."""

    url: Url = Field(description="https://, into the public internet, unless the relay is set to allow more.")
    kinds: list[Kind] = Field(min_length=1, max_length=20)


class Webhook(Answer):
    """An endpoint and how it does."""

    webhook: int = Field(validation_alias="webhook_id")
    url: str
    kinds: list[str]
    created_by: str
    created_at: datetime
    disabled_at: datetime | None
    disabled_why: str | None
    waiting: int
    delivered_at: datetime | None
    given_up: int
    answer: str | None = Field(description="Of the last attempt.")


class Webhooks(Answer):
    """All of them."""

    items: list[Webhook]


class Registered(Answer):
    """Its secret, this once: it verifies what is sent (Standard Webhooks)."""

    webhook: int
    secret: str | None = Field(description="Null where the same request was answered before.")


@router.get("/webhooks")
def listing(visit: Visiting) -> Webhooks:
    """All endpoints, oldest first."""
    return Webhooks(items=[Webhook.model_validate(one) for one in webhooks.listing(visit.conn)])


@router.post("/webhooks", status_code=201, response_model=Registered)
def register(visit: Visiting, once: OnlyOnce, body: NewWebhook) -> JSONResponse:
    """Register an endpoint. Whether it may be sent to is seen when something is."""

    def work() -> Registered:
        number, secret = webhooks.add(visit.conn, body.url, body.kinds, by=visit.principal.actor, now=datetime.now(UTC))
        visit.concerns(str(number))
        return Registered(webhook=number, secret=secret)

    return once.run(body, work)


@router.delete("/webhooks/{webhook}", status_code=204)
def remove(visit: Visiting, webhook: WebhookId) -> None:
    """Send nothing more to an endpoint, and forget what was on its way."""
    visit.concerns(str(webhook))
    webhooks.remove(visit.conn, webhook)
