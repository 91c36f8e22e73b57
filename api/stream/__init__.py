"""Live values, as server-sent events."""
