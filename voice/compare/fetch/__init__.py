"""A claim's record from the store: whose units, over which time, and what they reported of it."""
