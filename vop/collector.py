"""Python's cycle collector, for services that run for months.

A full collection walks everything the program has imported, 40-70 ms in which no thread of ours works, every few
seconds under load. What is there at the start stays for good, so it need not be looked at again; and a batch makes
tens of thousands of objects that reference counts free, so looking for cycles more rarely costs no memory worth
speaking of.
"""

from __future__ import annotations

import gc

YOUNG_OBJECTS = 50_000
"""Allocations between two collections of the young; Python's own 700 are reached within every hundred messages."""
OLDER_ROUNDS = 20
"""Collections of the young before one of the next generation."""


def spare() -> None:
    """Exempt what exists now from collection, and collect the rest more rarely. Call it when a service is loaded."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, OLDER_ROUNDS, OLDER_ROUNDS)
