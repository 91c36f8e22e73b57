"""What we make."""
