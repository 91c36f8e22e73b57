"""Topics: `vop/v1/{device}/{up|down}/{channel}`. The device's name is also its client id and user
name.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final, NamedTuple

from wire.errors import BadTopic

PREFIX: Final = "vop/v1"
UP_FILTER: Final = f"{PREFIX}/+/up/#"
"""Everything any device says."""

MAX_ECHO_CHARS = 80


class Direction(StrEnum):
    """Seen from the device, as is usual for IoT: up is towards the platform."""

    UP = "up"
    DOWN = "down"


UP_CHANNELS: Final = ("telemetry", "event", "state", "reply", "firmware")
DOWN_CHANNELS: Final = ("command", "desired", "firmware", "rejected")
RETAINED: Final = frozenset({(Direction.UP, "state"), (Direction.DOWN, "desired"), (Direction.DOWN, "firmware")})

_DEVICE = re.compile(r"[A-Za-z0-9._-]{1,64}")
_GROUP = re.compile(r"[^/+#\0]{1,128}")
_CHANNELS: Final = {Direction.UP: frozenset(UP_CHANNELS), Direction.DOWN: frozenset(DOWN_CHANNELS)}


class Topic(NamedTuple):
    """A topic taken apart."""

    device: str
    direction: Direction
    channel: str


def up(device: str, channel: str) -> str:
    """The topic `device` publishes `channel` on. Raises BadTopic."""
    return _compose(device, Direction.UP, channel)


def down(device: str, channel: str) -> str:
    """The topic `device` hears `channel` on. Raises BadTopic."""
    return _compose(device, Direction.DOWN, channel)


def parse(topic: str) -> Topic:
    """Take a topic apart. Raises BadTopic for anything that is not exactly one of ours."""
    parts = topic.split("/")
    if len(parts) != 5 or parts[0] != "vop" or parts[1] != "v1":
        raise BadTopic(f"{_echo(topic)} is not of the form {PREFIX}/{{device}}/up|down/{{channel}}")
    _, _, device, way, channel = parts
    if way not in ("up", "down"):
        raise BadTopic(f"{_echo(topic)} goes neither up nor down")
    direction = Direction(way)
    _check(device, direction, channel)
    return Topic(device, direction, channel)


def share(group: str, topic_filter: str) -> str:
    """The filter by which the members of `group` divide the messages of `topic_filter` among them
    (MQTT 5).
    """
    if not _GROUP.fullmatch(group):
        raise BadTopic(f"share name {_echo(group)} is empty, too long or contains / + # or NUL")
    return f"$share/{group}/{topic_filter}"


def _compose(device: str, direction: Direction, channel: str) -> str:
    _check(device, direction, channel)
    return f"{PREFIX}/{device}/{direction}/{channel}"


def _check(device: str, direction: Direction, channel: str) -> None:
    if not _DEVICE.fullmatch(device):
        raise BadTopic(f"device {_echo(device)} is not 1 to 64 letters, digits, dots, underscores or hyphens")
    if channel not in _CHANNELS[direction]:
        allowed = ", ".join(UP_CHANNELS if direction is Direction.UP else DOWN_CHANNELS)
        raise BadTopic(f"channel {_echo(channel)} does not go {direction}; these do: {allowed}")


def _echo(text: str) -> str:
    shown = ascii(text[:MAX_ECHO_CHARS])
    return shown + "..." if len(text) > MAX_ECHO_CHARS else shown
