"""The people who work with the platform."""
