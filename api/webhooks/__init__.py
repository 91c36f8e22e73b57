"""Where events are sent to."""
