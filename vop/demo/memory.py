"""What a demo remembers from one start to the next, and what it tells others in `demo.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from vop.demo.errors import DemoError, OtherDemo
from vop.services.accounts import replace_file

DEVICES, DAYS = 60, 90
LONGEST_DAYS = 395
"""Raw telemetry older than 400 days has no usable time: it would be stored as of today."""
LIFE_DAYS = 395
"""How long after its back-fill a fleet can live on: the model is drawn for 400 days more."""
SEED = 1


@dataclass(frozen=True)
class State:
    """`demo-state.json`. From size, seed and epoch follows everything the devices ever say."""

    devices: int
    days: int
    epoch: date
    """Day 0 of the history, a UTC midnight."""
    seed: int = SEED
    backfilled: bool = False
    """The whole history was sent, and proved to be stored."""
    through: datetime | None = None
    """Everything due before was sent and stored."""
    spoken: bool = False
    """The customers have said what they say of the history."""
    ports: Mapping[str, int] = field(default_factory=dict)
    """Where the services listened last: they try the same again."""

    def sent_through(self, moment: datetime) -> State:
        """The same with everything before `moment` sent; never less than before."""
        return self if self.through and moment < self.through else replace(self, through=moment)

    @property
    def start(self) -> datetime:
        """The beginning of the history."""
        return datetime(self.epoch.year, self.epoch.month, self.epoch.day, tzinfo=UTC)

    def save(self, directory: Path) -> None:
        """Write it whole."""
        words = asdict(self) | {
            "epoch": self.epoch.isoformat(),
            "through": self.through.isoformat() if self.through else None,
        }
        replace_file(_path(directory), json.dumps(words, indent=1) + "\n")


def _path(directory: Path) -> Path:
    return directory / "demo-state.json"


def recall(directory: Path, devices: int | None, days: int | None, now: datetime) -> State:
    """The demo in `directory`, or a new one of the wanted size. Raises `OtherDemo` when they differ."""
    kept = _load(directory)
    if kept is None:
        length = days or DAYS
        return State(devices or DEVICES, length, (now - timedelta(days=length)).date())
    differs = (devices or kept.devices, days or kept.days) != (kept.devices, kept.days)
    if differs:
        raise OtherDemo(directory, f"of {kept.devices} devices and {kept.days} days")
    if now - kept.start > timedelta(days=kept.days + LIFE_DAYS):
        raise OtherDemo(directory, f"begun on {kept.epoch}, more than {LIFE_DAYS} days after its history")
    return kept


def _load(directory: Path) -> State | None:
    path = _path(directory)
    try:
        words: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        through = words["through"]
        return State(
            devices=int(words["devices"]),
            days=int(words["days"]),
            epoch=date.fromisoformat(words["epoch"]),
            seed=int(words["seed"]),
            backfilled=bool(words["backfilled"]),
            through=datetime.fromisoformat(through) if through else None,
            spoken=bool(words.get("spoken", False)),
            ports={str(name): int(port) for name, port in words["ports"].items()},
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DemoError(f"{path} cannot be read ({error}): start with --fresh to begin anew") from error


@dataclass(frozen=True)
class Account:
    """One device as `demo.json` lists it."""

    device: str
    password: str
    product: str
    customer: str


@dataclass(frozen=True)
class Access:
    """`demo.json`: what an outsider needs to use the demo. Holds secrets: 0600."""

    api: str
    mqtt: Mapping[str, str | int]
    tokens: Mapping[str, str]
    devices: Sequence[Account]

    def save(self, directory: Path) -> Path:
        """Write it whole; returns where."""
        path = access_path(directory)
        replace_file(path, json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n")
        return path


def access_path(directory: Path) -> Path:
    """Where `demo.json` is."""
    return directory / "demo.json"


@dataclass(frozen=True)
class Secrets:
    """What an earlier start was told and nobody can be told again: tokens by role, passwords by device."""

    tokens: Mapping[str, str] = field(default_factory=dict)
    passwords: Mapping[str, str] = field(default_factory=dict)


def recall_secrets(directory: Path) -> Secrets:
    """The secrets in `demo.json`; none when it is gone or damaged: they are then issued anew."""
    try:
        words = json.loads(access_path(directory).read_text(encoding="utf-8"))
        return Secrets(
            {str(role): str(token) for role, token in words["tokens"].items()},
            {str(row["device"]): str(row["password"]) for row in words["devices"]},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Secrets()
