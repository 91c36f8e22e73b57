"""The fleet as a whole, and whom to call."""
