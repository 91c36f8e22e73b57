"""The first five minutes of a device: its product, its first words, and whether they came."""
