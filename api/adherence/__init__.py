"""What was prescribed, and what was taken of it: for the care team alone."""
