"""What a device's history lacks, on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, Literal

from pydantic import ConfigDict, Field

from api.parameters import Period
from api.shapes import Answer
from store import gaps


class Lost(Answer):
    """Numbers `[first_seq, last_seq]` of `boot` that never came, or (`boots`) whole boots."""

    where: Literal["head", "middle", "tail", "boots"] = Field(
        description="Before the first of its boot that came; between two; after the last, as the next boot says; "
        "or whole boots `boot` to `last_boot`, of which nothing is known."
    )
    boot: int
    last_boot: int
    first_seq: int
    last_seq: int | None
    since: datetime | None = Field(description="Of the element before; null when there is none.")
    until: datetime = Field(description="Of the element after.")


class Refused(Answer):
    """An element that came and is a dead letter. Its number is not lost."""

    at: datetime = Field(description="When it came first.")
    reason: str
    boot: int | None = Field(description="As it says; null where that cannot be read.")
    seq: int | None
    dead_letter_id: int


class Silence(Answer):
    """Nothing was heard in `[since, until)`: more than three heartbeats after an element."""

    since: datetime
    until: datetime
    ongoing: bool = Field(description="It lasts to the end of the period, or to now.")


class Reboot(Answer):
    """A restart. `complete`: nothing was lost at it, for the element that it names as the last before is stored."""

    boot: int
    first_ts: datetime
    last_ts: datetime
    prev_boot: int | None
    prev_seq: int | None
    complete: bool
    seq_reused: int = Field(description="Elements stored under a number that this boot had used already.")


_EXAMPLE: Final[dict[str, Any]] = {
    "device": "vac-1",
    "from": "2026-03-01T00:00:00Z",
    "to": "2026-03-02T00:00:00Z",
    "watched_s": 86400.0,
    "heard_s": 78600.0,
    "coverage": 0.9097,
    "lost": [
        {
            "where": "middle",
            "boot": 12,
            "last_boot": 12,
            "first_seq": 310,
            "last_seq": 318,
            "since": "2026-03-01T09:10:00Z",
            "until": "2026-03-01T12:05:00Z",
        }
    ],
    "lost_count": 9,
    "lost_ranges": 1,
    "lost_boots": 0,
    "refused": [{"at": "2026-03-01T14:00:02Z", "reason": "wrong_type", "boot": 12, "seq": 330, "dead_letter_id": 71}],
    "refused_count": 1,
    "silence": [{"since": "2026-03-01T09:55:00Z", "until": "2026-03-01T12:05:00Z", "ongoing": False}],
    "silence_s": 7800.0,
    "silence_count": 1,
    "reboots": [
        {
            "boot": 12,
            "first_ts": "2026-03-01T03:00:41Z",
            "last_ts": "2026-03-01T23:59:12Z",
            "prev_boot": 11,
            "prev_seq": 8123,
            "complete": True,
            "seq_reused": 0,
        }
    ],
    "reboot_count": 1,
    "clock_count": 3,
    "seq_reused": 0,
}


class Gaps(Answer):
    """All doubts about `[from, to)`. The lists hold the newest 500 each; the figures beside them are of everything.

    For older ones ask again with an earlier `to`. What reaches over an edge of the period is in it whole.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    device: str
    from_: datetime = Field(alias="from")
    to: datetime
    watched_s: float = Field(description="Seconds of the period that are past and in which the device was known.")
    heard_s: float
    coverage: float | None = Field(description="`heard_s` of `watched_s`; null when that is nothing.")
    lost: list[Lost]
    lost_count: int = Field(description="Lost numbers.")
    lost_ranges: int = Field(description="How many `lost` are in all.")
    lost_boots: int = Field(description="Whole boots of which nothing came; their numbers are not in `lost_count`.")
    refused: list[Refused]
    refused_count: int
    silence: list[Silence]
    silence_s: float
    silence_count: int
    reboots: list[Reboot]
    reboot_count: int
    clock_count: int = Field(description="Elements whose time was resolved from arrival.")
    seq_reused: int = Field(description="Over all boots that touch the period.")

    @classmethod
    def of(cls, device: str, within: Period, found: gaps.Gaps) -> Gaps:
        """The gaps `found`, as they are answered."""
        return cls(
            device=device,
            from_=within.start,
            to=within.end,
            watched_s=found.watched_s,
            heard_s=found.heard_s,
            coverage=found.coverage,
            lost=[Lost.model_validate(lost) for lost in found.lost],
            lost_count=found.lost_count,
            lost_ranges=found.lost_ranges,
            lost_boots=found.lost_boots,
            refused=[Refused.model_validate(refused) for refused in found.refused],
            refused_count=found.refused_count,
            silence=[Silence.model_validate(silence) for silence in found.silence],
            silence_s=found.silence_s,
            silence_count=found.silence_count,
            reboots=[Reboot.model_validate(reboot) for reboot in found.reboots],
            reboot_count=found.reboot_count,
            clock_count=found.clock_count,
            seq_reused=found.seq_reused,
        )
