"""What customers say: kept, read, set beside what their products report."""
