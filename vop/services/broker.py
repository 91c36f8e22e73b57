"""The broker a demo or a test gets: `Mosquitto` where it is installed, else `Iotcore`."""

from __future__ import annotations

from vop.services.mosquitto import Mosquitto, find_mosquitto, password_line

__all__ = ["Mosquitto", "find_mosquitto", "password_line"]
