"""Rollups of what is said and what is used, for a look at the fleet as a whole (docs/insight.md)."""
