"""Putting a worker together from settings, and the two things `vop ingest` does: run one, and drain a slot."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from functools import partial
from threading import Event, Thread

from catalog.model import Product
from ingest.buffer import OVERHEAD_BYTES, Buffer
from ingest.draining import run_dry
from ingest.errors import BrokerRefused, OnlySession, SlotHeld
from ingest.holding import name
from ingest.keeper import Keeper
from ingest.metrics import Metrics
from ingest.mqtt.receiver import MqttReceiver
from ingest.mqtt.retained import retained
from ingest.receiver import Receiver
from ingest.settings import Settings
from ingest.spool import Limits, Spools
from ingest.worker import Worker
from probes import served
from store import slots
from store.database import Connection, connect
from store.errors import StoreError
from store.migrate import require_current
from wire.broker import BrokerAddress, Session
from wire.topics import UP_FILTER, share

log = logging.getLogger(__name__)

CONNECT_WITHIN_S = 30.0
DEFAULT_SHARE = "ingest"


def client_id(slot: int) -> str:
    """The MQTT client whose session is the queue of `slot`."""
    return f"ingest-{slot}"


def receiver(settings: Settings, slot: int, metrics: Metrics, *, subscribe: bool = True) -> MqttReceiver:
    """A receiver with the session of `slot`."""
    buffer = Buffer(
        max_bytes=settings.buffer_bytes,
        batch_messages=settings.batch_messages,
        # The buffer counts what a message costs beside its payload; the worker divides what is too much payload.
        batch_bytes=min(settings.buffer_bytes, settings.batch_bytes + OVERHEAD_BYTES * settings.batch_messages),
        linger_s=settings.linger_ms / 1000,
    )
    metrics.buffer_bytes.set_function(lambda: buffer.held_bytes)
    metrics.buffer_oldest_ms = lambda: buffer.oldest_ms
    session = Session(
        client_id(slot),
        expiry_s=settings.session_expiry_s,
        receive_maximum=settings.receive_maximum,
    )
    shared = share(settings.share or DEFAULT_SHARE, UP_FILTER)
    wanted, other = (shared, UP_FILTER) if settings.share else (UP_FILTER, shared)
    return MqttReceiver(
        BrokerAddress.parse(settings.mqtt_url),
        session,
        wanted if subscribe else None,
        buffer,
        # A session remembers what it once subscribed to, in the other mode of working too.
        unwanted=[other] if subscribe else [wanted, other],
        on_dropped=metrics.broker_dropped.set,
        on_redelivered=metrics.redelivered.inc,
    )


def run(settings: Settings, catalog: Mapping[str, Product], stopping: Event) -> None:
    """Run one worker until `stopping` is set."""
    metrics = Metrics()

    def make(slot: int) -> Receiver:
        if slot == 0:
            Thread(
                target=_read_retained,
                args=(settings, catalog, metrics, stopping),
                name="retained",
                daemon=True,
            ).start()
        return receiver(settings, slot, metrics)

    worker = Worker(settings, catalog, make, metrics, stopping, _spools(settings, metrics))
    host, port = settings.metrics_host, settings.metrics_port
    with served(host, port, metrics.registry, lambda: worker.ready, waiting_for="database or broker"):
        worker.run()


def _spools(settings: Settings, metrics: Metrics) -> Spools | None:
    root = settings.spool_root
    if root is None:
        log.info("there is no spool (VOP_DATA_DIR, VOP_INGEST_SPOOL): while the database is away, the broker queues")
        return None
    spools = Spools(root, Limits(settings.spool_bytes, settings.spool_age_h, settings.spool_reserve_bytes))
    metrics.watch_spool(spools)
    return spools


def _read_retained(settings: Settings, catalog: Mapping[str, Product], metrics: Metrics, stopping: Event) -> None:
    """States kept by the broker from before there was a session to receive them."""
    address = BrokerAddress.parse(settings.mqtt_url)
    session = Session(f"{client_id(0)}-retained", clean_start=True)
    try:
        for messages in retained(address, session, "vop/v1/+/up/state", stopping):
            with _connected(settings, "vop ingest retained") as conn:
                Keeper(catalog, settings.raw_days, metrics).keep(conn, messages)
    except (OSError, StoreError) as error:
        # The live states that follow carry the same and newer.
        log.warning("retained states were not read: %s", error)


def _connected(settings: Settings, application: str) -> Connection:
    """A connection of its own, as patient as a worker's."""
    return connect(
        settings.database_url, application=application, autocommit=True, answer_within_s=settings.commit_within_s
    )


def drain(settings: Settings, catalog: Mapping[str, Product], slot: int) -> int:
    """Empty the session of `slot` and end it, so that the slot can be given up; returns how many messages it held.

    Raises `SlotHeld` when a worker still has it, `BrokerRefused` when the broker does not let us in, `OnlySession` when
    the broker would then throw away what devices send.
    """
    if slot == 0 and not settings.share:
        raise OnlySession(
            "slot 0 is the only session and everything is queued for it; ended, the broker would throw away what "
            "devices send. Start another worker instead: it goes on where the last one stopped"
        )
    with _connected(settings, "vop ingest drain") as conn:
        require_current(conn)
        if slots.acquire(conn, settings.slots, f"drain {name()}", only=slot) is None:
            raise SlotHeld(
                f"slot {slot} has a worker, so nothing waits there; stop that one to run fewer "
                "(its name is in `vop ingest slots`)"
            )
        metrics = Metrics()
        source = receiver(settings, slot, metrics, subscribe=False)
        keep = partial(Keeper(catalog, settings.raw_days, metrics).keep, conn)
        source.start()
        try:
            deadline = time.monotonic() + CONNECT_WITHIN_S
            while not source.connected:
                if source.refused or time.monotonic() > deadline:
                    raise BrokerRefused(source.refused or f"the broker did not answer within {CONNECT_WITHIN_S:.0f} s")
                time.sleep(0.05)
            drained = run_dry(source, keep, metrics, Event())
            if not drained.is_dry:
                why = source.refused or "another client took its session over"
                raise BrokerRefused(
                    f"slot {slot} is not drained: {why}. {drained.messages} messages of it were kept, the rest waits"
                )
            slots.release(conn, slot, drained=True)
            return drained.messages
        finally:
            source.stop()
