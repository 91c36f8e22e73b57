"""Devices: registry, state, history, usage."""
