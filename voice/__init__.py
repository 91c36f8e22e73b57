"""What it means: periods, coverage and usage over what the store returns."""
