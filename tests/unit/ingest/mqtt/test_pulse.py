from __future__ import annotations

from ingest.mqtt.pulse import Pulse


def test_a_ping_is_due_twice_a_keep_alive() -> None:
    pulse = Pulse(30, now=100.0)
    assert not pulse.wants_ping(114.9)
    assert pulse.wants_ping(115.0)
    assert not pulse.wants_ping(129.9)
    assert pulse.wants_ping(130.0)


def test_who_is_silent_for_one_and_a_half_keep_alives_is_dead() -> None:
    pulse = Pulse(30, now=100.0)
    assert not pulse.is_dead(144.9)
    assert pulse.is_dead(145.0)
    pulse.heard(145.0)
    assert not pulse.is_dead(189.9)
    assert pulse.is_dead(190.0)


def test_what_is_heard_does_not_put_a_ping_off() -> None:
    """Else a broker that takes nothing from us would cut us off in the middle of what it sends."""
    pulse = Pulse(30, now=100.0)
    pulse.heard(114.0)
    assert pulse.wants_ping(115.0)


def test_without_keep_alive_nothing_is_said_and_nothing_expected() -> None:
    pulse = Pulse(0, now=0.0)
    assert not pulse.wants_ping(1e9)
    assert not pulse.is_dead(1e9)
