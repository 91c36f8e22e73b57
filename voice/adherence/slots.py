"""What became of each dose that was due: taken, and when; missed; or not known, for nothing was heard. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from store.doses import Dosed
from store.usage import Window
from voice.adherence.schedule import Due


@dataclass(frozen=True, slots=True)
class Slot:
    """A dose that was due, and what was seen of it."""

    due: Due
    since: datetime
    """What is taken from here on, until `until`, is taken for it."""
    until: datetime
    taken: int
    """As counted: more than was due may have been."""
    at: tuple[datetime, ...]
    """When."""
    unknown: int
    """Of those due: whether they were taken is not known."""

    @property
    def counted(self) -> int:
        """Taken of those due: more than was due makes up for nothing."""
        return min(self.taken, self.due.count)

    @property
    def missed(self) -> int:
        """Of those due, not taken as far as is known."""
        return self.due.count - self.counted - self.unknown

    @property
    def extra(self) -> int:
        """Taken beyond what was due."""
        return max(0, self.taken - self.due.count)

    @property
    def known(self) -> bool:
        """Whether what became of all of it is known."""
        return self.unknown == 0

    @property
    def timely(self) -> bool:
        """Whether as much as was due was taken in time."""
        due = self.due
        return self.taken >= due.count and all(abs(at - due.at) <= due.window for at in self.at[: due.count])


def slots(due: Sequence[Due], events: Sequence[Dosed], heard: Sequence[Window], now: datetime) -> list[Slot]:
    """Each dose with the events nearest to it. All rise; `heard` are spans that do not overlap.

    The border between two doses lies in the middle; the first and the last reach half an interval outward. What was
    not taken is missed when the device says so, or was heard until the slot ended. A day is left out until the slots of
    all its doses have ended by `now`: what can still be taken is not missed, nor is what was taken counted before it.
    """
    starts, ends = _borders(due)
    pending = {each.day for each, end in zip(due, ends, strict=True) if end > now}
    taken: list[list[Dosed]] = [[] for _ in due]
    said_missed = [0] * len(due)
    for event in events:
        n = bisect_right(starts, event.at) - 1
        if n < 0 or event.at >= ends[n]:
            continue
        if event.taken:
            taken[n].append(event)
        else:
            said_missed[n] += event.count
    found = []
    for n, each in enumerate(due):
        count = sum(event.count for event in taken[n])
        lacking = max(0, each.count - count)
        if each.day in pending:
            continue
        open_to_doubt = lacking > 0 and not _whole(heard, starts[n], ends[n])
        unknown = max(0, lacking - said_missed[n]) if open_to_doubt else 0
        at = tuple(event.at for event in taken[n] for _ in range(event.count))
        found.append(Slot(each, starts[n], ends[n], count, at, unknown))
    return found


def _borders(due: Sequence[Due]) -> tuple[list[datetime], list[datetime]]:
    """Where each dose's slot begins and ends: half way to its neighbours, and never further than half an interval."""
    starts, ends = [], []
    for n, each in enumerate(due):
        half = each.interval / 2
        before = each.at - half
        after = each.at + half
        if n > 0:
            before = max(before, due[n - 1].at + (each.at - due[n - 1].at) / 2)
        if n + 1 < len(due):
            after = min(after, each.at + (due[n + 1].at - each.at) / 2)
        starts.append(before)
        ends.append(after)
    return starts, ends


def _whole(heard: Sequence[Window], since: datetime, until: datetime) -> bool:
    """Whether all of the time was heard, but for seconds."""
    n = bisect_right(heard, since, key=lambda span: span.since) - 1
    return n >= 0 and heard[n].until >= until - timedelta(seconds=1)
