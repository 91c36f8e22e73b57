"""The command line and the embedded services."""
