"""A simulated fleet: a pure seeded model and its mouths.

`fleet(catalog, ...)` draws the fleet; `device_sim.mqtt` lets it speak as real devices would, `device_sim.files` writes
it down for evaluation. Ground truth stays here: the platform never reads it.
"""

from device_sim.fleet import Device, Fleet, fleet
from device_sim.people import Customer

__all__ = ["Customer", "Device", "Fleet", "fleet"]
