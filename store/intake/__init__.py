"""Keep what devices said: readings, events, state, latest, heard and rejects of a batch, in one transaction."""

from store.intake.arrivals import Arrival, Outcome
from store.intake.writer import Intake

__all__ = ["Arrival", "Intake", "Outcome"]
