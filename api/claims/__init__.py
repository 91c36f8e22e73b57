"""Claims of a text that is not kept."""
