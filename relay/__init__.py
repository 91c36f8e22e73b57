"""The clock: jobs that are due again and again, each run by one relay at a time."""
