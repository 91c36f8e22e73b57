"""What goes into an intake and what comes out of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from catalog.elements import Element, Reject


class Arrival(NamedTuple):
    """One message as received, with what `wire.decode` made of it."""

    topic: str
    payload: bytes
    """Kept only when an element of it is refused."""
    arrived_at_ms: int
    device_id: int | None
    """None when the registry does not know the sender; then there are no elements."""
    product: str | None
    elements: Sequence[Element]
    rejects: Sequence[Reject]


@dataclass(slots=True)
class Outcome:
    """What became of the elements of some arrivals. stored + duplicates + rejects = elements + rejects given."""

    stored: int = 0
    duplicates: int = 0
    states: int = 0
    """States are not counted as stored or duplicate: the newest of a device wins."""
    clock: int = 0
    """Elements stored under a resolved time."""
    seq_reused: int = 0
    rejects: list[tuple[int, Reject]] = field(default_factory=list)
    """Every refused element with the number of its arrival."""

    @property
    def by_reason(self) -> Counter[str]:
        """Refused elements by reason code."""
        return Counter(reject.reason.value for _, reject in self.rejects)

    def add(self, other: Outcome, arrivals: Sequence[int]) -> None:
        """Count in `other`, whose arrival k is this outcome's arrival `arrivals[k]`."""
        self.stored += other.stored
        self.duplicates += other.duplicates
        self.states += other.states
        self.clock += other.clock
        self.seq_reused += other.seq_reused
        self.rejects += [(arrivals[number], reject) for number, reject in other.rejects]
