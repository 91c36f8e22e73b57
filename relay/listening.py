"""When did we listen? Silence is counted only then, so an outage of ours makes no device silent.

Deaf periods are kept as half-open spans in milliseconds since the epoch: those of everybody under `EVERYBODY`, those
of the devices that share a heartbeat under that heartbeat.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Self, TypeAlias

from catalog.elements import Json

Span: TypeAlias = tuple[int, int]

EVERYBODY = "everybody"
SPANS_KEPT = 500
"""Of each kind, the newest. What is forgotten counts as listened: a device is then called silent sooner."""


def merged(spans: Iterable[Span]) -> list[Span]:
    """Non-empty spans in order, those that touch or overlap joined."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def listened_from(deaf: Iterable[Span], now_ms: int, wanted_ms: int) -> int:
    """The latest moment since which we have listened for `wanted_ms` up to `now_ms`, deaf spans left out."""
    at, wanted = now_ms, wanted_ms
    for start, end in reversed(merged((start, min(end, now_ms)) for start, end in deaf)):
        if at - end >= wanted:
            break
        wanted -= at - end
        at = start
    return at - wanted


@dataclass(slots=True)
class Listening:
    """What one run of the job hands to the next."""

    watched_ms: int = 0
    """When somebody last looked. All time before the first look counts as deaf: who knows what was on then."""
    deaf: dict[str, list[Span]] = field(default_factory=dict)

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """Of what `state` said."""
        deaf: Mapping[str, Sequence[Sequence[int]]] = state.get("deaf", {})
        spans = {who: [(start, end) for start, end in spans] for who, spans in deaf.items()}
        return cls(int(state.get("watched_ms", 0)), spans)

    def state(self) -> dict[str, Json]:
        """To be kept as JSON."""
        kept: dict[str, Json] = {who: [list(span) for span in spans[-SPANS_KEPT:]] for who, spans in self.deaf.items()}
        return {"watched_ms": self.watched_ms, "deaf": kept}

    def look(self, now: datetime, hearing_since: datetime | None, *, at_least_every: timedelta) -> None:
        """At `now` we hear, and have since `hearing_since`; or do not (None).

        Time in which nobody looked for longer than `at_least_every` counts as deaf.
        """
        now_ms = _ms(now)
        if hearing_since is None or now_ms - self.watched_ms > at_least_every / _MS:
            self._add(EVERYBODY, self.watched_ms, now_ms)
        else:
            self._add(EVERYBODY, self.watched_ms, min(now_ms, _ms(hearing_since)))
        self.watched_ms = now_ms

    def deaf_to(self, heartbeat_s: float, since: datetime, now: datetime) -> None:
        """None of the devices of this heartbeat got through from `since` to `now`."""
        self._add(_kind(heartbeat_s), _ms(since), _ms(now))

    def silent_before(self, now: datetime, heartbeat_s: float, longest: timedelta) -> datetime:
        """Who was last heard before this moment has been silent for `longest` of the time in which we listened."""
        spans = [*self.deaf.get(EVERYBODY, ()), *self.deaf.get(_kind(heartbeat_s), ())]
        since_ms = listened_from(spans, _ms(now), int(longest / _MS))
        return _EPOCH + timedelta(milliseconds=max(0, since_ms))

    def _add(self, who: str, start_ms: int, end_ms: int) -> None:
        self.deaf[who] = merged([*self.deaf.get(who, ()), (start_ms, end_ms)])


_MS = timedelta(milliseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _ms(at: datetime) -> int:
    return (at - _EPOCH) // _MS


def _kind(heartbeat_s: float) -> str:
    return f"{heartbeat_s:g} s"
