"""Devices that speak HTTP."""
