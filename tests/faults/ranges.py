"""Sets of numbers as the runs they consist of: a device's three million messages are one of them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator


class Ranges:
    """A set of integers, kept as disjoint half-open runs in order."""

    def __init__(self, runs: Iterable[tuple[int, int]] = ()) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(runs):
            if self._ends and start <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            elif start < end:
                self._starts.append(start)
                self._ends.append(end)

    def add(self, number: int) -> None:
        """Put one number in."""
        if self._ends and number == self._ends[-1]:
            self._ends[-1] += 1
            return
        at = bisect_right(self._starts, number)
        if at and number < self._ends[at - 1]:
            return
        joins_left = at > 0 and self._ends[at - 1] == number
        joins_right = at < len(self._starts) and self._starts[at] == number + 1
        if joins_left and joins_right:
            self._ends[at - 1] = self._ends[at]
            del self._starts[at], self._ends[at]
        elif joins_left:
            self._ends[at - 1] = number + 1
        elif joins_right:
            self._starts[at] = number
        else:
            self._starts.insert(at, number)
            self._ends.insert(at, number + 1)

    def runs(self) -> Iterator[tuple[int, int]]:
        """(first, one past the last) of each run, ascending."""
        return zip(self._starts, self._ends, strict=True)

    def __iter__(self) -> Iterator[int]:
        for start, end in self.runs():
            yield from range(start, end)

    def __len__(self) -> int:
        return sum(self._ends) - sum(self._starts)

    def __contains__(self, number: object) -> bool:
        if not isinstance(number, int):
            return False
        at = bisect_right(self._starts, number)
        return at > 0 and number < self._ends[at - 1]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ranges) and (self._starts, self._ends) == (other._starts, other._ends)

    def __repr__(self) -> str:
        shown = ", ".join(f"{start}..{end - 1}" for start, end in list(self.runs())[:5])
        return f"Ranges({shown}{', ...' if len(self._starts) > 5 else ''}: {len(self)})"

    def __or__(self, other: Ranges) -> Ranges:
        return Ranges([*self.runs(), *other.runs()])

    def __sub__(self, other: Ranges) -> Ranges:
        left: list[tuple[int, int]] = []
        place = 0
        for start, end in self.runs():
            at = start
            while place < len(other._starts) and other._ends[place] <= start:
                place += 1
            here = place
            while here < len(other._starts) and other._starts[here] < end:
                left.append((at, other._starts[here]))
                at = max(at, other._ends[here])
                here += 1
            left.append((at, end))
        return Ranges((start, end) for start, end in left if start < end)
