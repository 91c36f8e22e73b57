"""The way in for devices that speak HTTP: the same payloads as over MQTT, through the same two steps."""

from __future__ import annotations

import time
from typing import Annotated, Literal

from fastapi import Depends, Query, Request
from pydantic import Field

from api.auditing import Turn
from api.parameters import known_parameters
from api.principals import device_of
from api.routing import feature
from api.services import Services
from api.shapes import Answer
from catalog.elements import Reason, Reject
from store.devices import Device
from store.intake import Arrival, Outcome
from wire import topics
from wire.decode import Decoded, decode

DAY_MS = 86_400_000

router = feature("telemetry")

Channel = Literal["telemetry", "event", "state"]


class Refusal(Answer):
    """An element that was refused, by its place in the message."""

    index: int = Field(description="From 0.")
    reason: Reason
    detail: str = Field(description="What was wrong with which key; never the value.")


class Stored(Answer):
    """What became of a message's elements. It is sent after the transaction that holds them has committed."""

    stored: int = Field(description="Elements that are new.")
    duplicates: int = Field(description="Elements that were stored before; sending again is harmless.")
    rejected: list[Refusal]


async def _bytes(request: Request) -> bytes:
    return await request.body()


@router.post(
    "/telemetry",
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": {}}}}},
)
def receive(
    request: Request,
    payload: Annotated[bytes, Depends(_bytes)],  # before `services`: who sends slowly must not hold a turn meanwhile
    services: Turn,
    channel: Annotated[Channel, Query(description="As in the topics; `telemetry` unless given.")] = "telemetry",
) -> Stored:
    """Store a message of the device whose id and secret the request carries: what it would publish by MQTT."""
    with services.database.connection() as conn:
        device = device_of(request, conn, services.throttle)
        known_parameters(request)
    arrival = _arrival(services, device, channel, payload, request.headers.get("content-type"))
    with services.database.connection() as conn:
        outcome = services.intake.write(conn, [arrival])
    _count(services, outcome)
    rejected = sorted((reject for _, reject in outcome.rejects), key=lambda reject: reject.index)
    return Stored(
        stored=outcome.stored + outcome.states,
        duplicates=outcome.duplicates,
        rejected=[Refusal.model_validate(reject) for reject in rejected],
    )


def _arrival(services: Services, device: Device, channel: Channel, payload: bytes, content_type: str | None) -> Arrival:
    now_ms = time.time_ns() // 1_000_000
    product = services.catalog.get(device.product)
    if product is None:
        decoded = Decoded([], [Reject(0, Reason.UNKNOWN_DEVICE, "its product is not in the catalogue")])
    else:
        decoded = decode(
            channel,
            payload,
            product,
            arrived_at_ms=now_ms,
            oldest_ts_ms=now_ms - services.settings.raw_days * DAY_MS,
            content_type=content_type,
        )
    topic = topics.up(device.device, channel)
    return Arrival(topic, payload, now_ms, device.device_id, device.product, *decoded)


def _count(services: Services, outcome: Outcome) -> None:
    services.metrics.stored.inc(outcome.stored + outcome.states)
    services.metrics.duplicates.inc(outcome.duplicates)
    for reason, count in outcome.by_reason.items():
        services.metrics.rejected.labels(reason).inc(count)
