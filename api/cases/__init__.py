"""Cases: one record over channels, promises, closings and what came after."""
