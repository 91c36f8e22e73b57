"""One `vop demo`, from its start to Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from types import FrameType

import catalog
import device_sim
from catalog import Product
from vop.demo import memory, place
from vop.demo.errors import GaveUp
from vop.demo.life import Life
from vop.demo.platform import Platform
from vop.demo.screen import Screen


class End(Enum):
    """When a demo ends by itself."""

    READY = "ready"
    BACKFILL = "backfill"
    INTERRUPT = "interrupt"


@dataclass(frozen=True)
class Wishes:
    """What was asked for on the command line; None: as before, or the default."""

    devices: int | None = None
    days: int | None = None
    port: int = 8000
    fresh: bool = False
    speed: float = 1.0
    broker: str = "auto"
    end: End = End.INTERRUPT


class _Failure:
    """Told by another thread that there is no going on, has the main thread interrupted."""

    def __init__(self) -> None:
        self.reason: str | None = None

    def __call__(self, reason: str) -> None:
        self.reason = reason
        os.kill(os.getpid(), signal.SIGTERM)


def run(wishes: Wishes) -> None:
    """Run a demo until it is interrupted, or as `wishes.end` says.

    Raises `VopError`, `StoreError`, `SimulationError`, and `KeyboardInterrupt` when interrupted before what was asked
    for has come about.
    """
    screen = Screen()
    directory = place.open_directory(os.environ)
    products = catalog.load_from_environment(os.environ)
    failure = _Failure()
    with interruptible(), place.held(directory):
        if wishes.fresh:
            place.wipe(directory)
        state = memory.recall(directory, wishes.devices, wishes.days, datetime.now(UTC))
        fleet = device_sim.fleet(products, state.devices, state.days, state.seed, epoch=state.epoch)
        ready = False
        try:
            with Platform(directory, products, wishes.broker, screen.say, failure) as platform:
                screen.step(f"starting {len(fleet.devices)} devices and their platform in {directory}")
                if platform.services != directory:
                    screen.say(f"other accounts cannot enter it, so the services' files are in {platform.services}")
                state, access = platform.start(state, fleet, wishes.port)
                ready = True
                state.save(directory)
                screen.step("ready")
                first = access.devices[0]
                example = _example(products[first.product])
                owner = next(person.name for person in fleet.customers if person.customer == first.customer)
                screen.ready(
                    access,
                    memory.access_path(directory),
                    owner,
                    example,
                    platform.environment_path,
                    platform.all_metrics,
                    has_accounts=platform.broker.has_accounts,
                )
                if wishes.end is not End.READY:
                    life = Life(directory, products, fleet, platform, screen, wishes.speed)
                    life.run(state, access, then_live=wishes.end is End.INTERRUPT)
        except KeyboardInterrupt:
            if failure.reason is not None:
                raise GaveUp(f"{failure.reason}; see the logs below {platform.services}") from None
            if not ready or wishes.end is End.BACKFILL:
                raise  # what was asked for has not come about
        screen.step("everything is stopped")


def _example(product: Product) -> str:
    """A payload that a device of `product` could send."""
    found = next(s for s in product.signal if s.type in ("float32", "float64", "int64") and not s.sensitive)
    value = sum(found.range) / 2 if found.range else 0  # neither end: an empty battery would raise questions
    return json.dumps({"values": {found.key: int(value) if found.type == "int64" else value}})


@contextmanager
def interruptible() -> Iterator[None]:
    """SIGTERM and SIGHUP end the demo as Ctrl-C does; a second one does not disturb the end."""
    numbers = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup
        numbers.append(signal.SIGHUP)

    def interrupted(_number: int, _frame: FrameType | None) -> None:
        for number in numbers:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupted) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
