"""What each signal did in every hour and day, kept beside the raw rows and far longer (docs/rollups.md)."""

from store.rollups.marks import erase, mark
from store.rollups.products import redeclare
from store.rollups.read import Series, series
from store.rollups.roller import Rolled, roll

__all__ = ["Rolled", "Series", "erase", "mark", "redeclare", "roll", "series"]
