"""What a device's history lacks, on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from api.parameters import Period
from api.shapes import Answer
from store import gaps


class Lost(Answer):
    """Numbers `[first_seq, last_seq]` of `boot` that are not stored, or (`boots`) whole boots."""

    where: Literal["head", "middle", "tail", "boots"]
    boot: int
    last_boot: int
    first_seq: int
    last_seq: int | None
    since: datetime | None
    until: datetime


class Silence(Answer):
    """Nothing was heard in `[since, until)`."""

    since: datetime
    until: datetime
    ongoing: bool


class Reboot(Answer):
    """A restart. `complete`: nothing was lost at it."""

    boot: int
    first_ts: datetime
    last_ts: datetime
    prev_boot: int | None
    prev_seq: int | None
    complete: bool
    seq_reused: int


class Gaps(Answer):
    """All doubts about `[from, to)`."""

    device: str
    from_: datetime = Field(alias="from")
    to: datetime
    lost: list[Lost]
    lost_count: int
    silence: list[Silence]
    silence_s: float
    reboots: list[Reboot]
    reboot_count: int
    clock_count: int
    seq_reused: int

    @classmethod
    def of(cls, device: str, within: Period, found: gaps.Gaps) -> Gaps:
        """The gaps `found`, as they are answered."""
        return cls(
            device=device,
            from_=within.start,
            to=within.end,
            lost=[Lost.model_validate(lost) for lost in found.lost],
            lost_count=found.lost_count,
            silence=[Silence.model_validate(silence) for silence in found.silence],
            silence_s=found.silence_s,
            reboots=[Reboot.model_validate(reboot) for reboot in found.reboots],
            reboot_count=found.reboot_count,
            clock_count=found.clock_count,
            seq_reused=found.seq_reused,
        )
