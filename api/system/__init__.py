"""How the platform itself is."""
