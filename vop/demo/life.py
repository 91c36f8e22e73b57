"""The devices' life: their past sent through the broker, proved to be stored and spoken of, then their present."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from catalog import Catalog
from device_sim import Fleet
from device_sim.mqtt import Broker, Mouth, Progress, Report
from vop.demo import proof, voices
from vop.demo.counter import Counter
from vop.demo.errors import NotStored, Unanswered
from vop.demo.memory import Access, State
from vop.demo.platform import Platform
from vop.demo.screen import Screen

SPED_UP = timedelta(days=1)
"""With a speed above 1, so much of the past is not sent at once but lived through at that speed."""
SAVE_INTERVAL_S = 10.0
IN_FLIGHT = timedelta(seconds=60)
"""Younger than this may not be stored yet: the next start sends it again."""


class Life:
    """One run of the devices of `fleet`, on a running platform."""

    def __init__(
        self, directory: Path, catalog: Catalog, fleet: Fleet, platform: Platform, screen: Screen, speed: float
    ) -> None:
        self._directory = directory
        self._catalog = catalog
        self._fleet = fleet
        self._platform = platform
        self._screen = screen
        self._speed = speed

    def run(self, state: State, access: Access, *, then_live: bool = True) -> None:
        """Send what is missing of the past, prove it, have it spoken of, and live on until interrupted.

        Raises `NotStored`, `SimulationError`, `StoreError`.
        """
        broker = self._platform.broker
        address = Broker(broker.host, broker.port, broker.port_v5)
        passwords = {device.device: device.password for device in access.devices}
        with (
            Counter(self._platform.metrics_url) as counter,
            Mouth(self._fleet, self._catalog, address, passwords, stored=counter.keeping_up) as mouth,
        ):
            state = self._speak(self._catch_up(mouth, counter, state), access)
            if then_live:
                self._live(mouth, state)

    def _catch_up(self, mouth: Mouth, counter: Counter, state: State) -> State:
        now = datetime.now(UTC)
        first = not state.backfilled or state.through is None
        start = state.start if first or state.through is None else state.through
        end = now - min(SPED_UP, (now - state.start) / 2) if self._speed > 1 else now
        end = max(start, end)
        title = f"back-fill of {state.days} days" if first else f"catching up {_words(end - start)}"
        began = time.monotonic()
        report = self._send(mouth, counter, title, start, end)
        if first:
            self._prove(counter, report, began)
        else:
            self._account_for(counter, report, _words(end - start))
        state = replace(state, backfilled=True).sent_through(end)
        state.save(self._directory)
        return state

    def _send(self, mouth: Mouth, counter: Counter, title: str, start: datetime, end: datetime) -> Report:
        with self._screen.progress(title) as advance:

            def progressed(made: Progress) -> None:
                advance(made.fraction, made.acknowledged, counter.dealt.elements)

            return mouth.backfill(start, end, progressed)

    def _prove(self, counter: Counter, report: Report, began: float) -> None:
        acknowledged = {device: tally.acknowledged for device, tally in report.devices.items()}
        taken = proof.settled(self._platform.database_url, self._catalog, acknowledged, counter)
        path = taken.save(self._directory)
        self._screen.proved(taken, time.monotonic() - began, path)
        if report.sent != report.acknowledged:
            raise NotStored(
                f"{report.sent - report.acknowledged} elements were sent and not acknowledged by the broker; "
                f"see its log below {self._platform.services}"
            )
        if not taken.holds:
            raise NotStored(
                f"{taken.missing} elements that the broker acknowledged were not stored; {path} names the devices: "
                f"see the logs below {self._platform.services / 'run'}, and start again with --fresh"
            )

    def _account_for(self, counter: Counter, report: Report, gap: str) -> None:
        """The same for a gap: elements sent again after a hard end make rows and messages differ."""
        proof.wait_until_dealt(counter, report.acknowledged)
        dealt = counter.dealt
        self._screen.step(
            f"caught up {gap}: {report.acknowledged:,} elements acknowledged, {dealt.stored:,} stored, "
            f"{dealt.duplicates:,} known already, {dealt.rejected:,} dead letters"
        )
        if dealt.elements < report.acknowledged and not counter.restarts:
            raise NotStored(
                f"{report.acknowledged - dealt.elements} elements that the broker acknowledged were not stored: "
                f"see the logs below {self._platform.services / 'run'}"
            )

    def _speak(self, state: State, access: Access) -> State:
        """What the customers say of the history, once. That they cannot is no reason to stop the devices."""
        if state.spoken:
            return state
        try:
            with self._screen.progress("the customers speak") as advance:
                heard = voices.speak(
                    access.api, access.tokens, self._fleet, lambda said, of: advance(said / of, said, said)
                )
        except Unanswered as error:
            self._screen.step(f"the customers could not finish speaking: {error}; the next start goes on")
            return state
        if heard.statements:
            self._screen.spoken(heard)
        state = replace(state, spoken=True)
        state.save(self._directory)
        return state

    def _live(self, mouth: Mouth, state: State) -> None:
        assert state.through is not None
        faster = f", {self._speed:g} times as fast until it has caught up" if self._speed > 1 else ""
        self._screen.step(f"the fleet lives on{faster}; Ctrl-C ends it, the next start goes on from there")
        diary = Diary(self._directory, state, self._speed)
        try:
            mouth.live(diary.kept, speed=self._speed)
        finally:
            diary.save()


class Diary:
    """Writes down, now and then, how far the devices have lived."""

    def __init__(
        self, directory: Path, state: State, speed: float, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        assert state.through is not None
        self._directory = directory
        self._state = state
        self._from = state.through
        self._speed = speed
        self._clock = clock
        self._began = self._saved = clock()

    def kept(self) -> bool:
        """Save if it is time to; never a reason to stop."""
        if (self._clock() - self._saved).total_seconds() >= SAVE_INTERVAL_S:
            self.save()
        return False

    def save(self) -> None:
        """Whatever was lived a moment ago is stored by now."""
        now = self._saved = self._clock()
        at = max(self._began, now - IN_FLIGHT)
        self._state = self._state.sent_through(min(at, self._from + (at - self._began) * self._speed))
        self._state.save(self._directory)


def _words(gap: timedelta) -> str:
    minutes = gap.total_seconds() / 60
    return f"{minutes:.0f} min" if minutes < 120 else f"{minutes / 60:.0f} h"
