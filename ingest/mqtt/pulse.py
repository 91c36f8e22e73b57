"""Keep-alive: when to let the broker hear from us, and when it has been silent for too long (MQTT 5, 3.1.2.10)."""

from __future__ import annotations

from typing import Final

PATIENCE: Final = 1.5
"""Silence, in keep-alives, after which the other side is gone; what the specification gives a broker, too."""


class Pulse:
    """Of one connection; `now` is a monotonic time in seconds. A keep-alive of 0 s expects and says nothing."""

    def __init__(self, keepalive_s: float, now: float) -> None:
        self._keepalive_s = keepalive_s
        self._heard_at = now
        self._pinged_at = now

    def heard(self, now: float) -> None:
        """Something came from the broker, or we were not listening until now."""
        self._heard_at = now

    def wants_ping(self, now: float) -> bool:
        """Whether PINGREQ is due; then it counts as sent."""
        # Without asking when anything else was sent: acknowledgements get no answer by which to know a dead broker.
        if not self._keepalive_s or now < self._pinged_at + self._keepalive_s / 2:
            return False
        self._pinged_at = now
        return True

    def is_dead(self, now: float) -> bool:
        """Whether the broker has not even answered a PINGREQ."""
        return bool(self._keepalive_s) and now >= self._heard_at + self._keepalive_s * PATIENCE
