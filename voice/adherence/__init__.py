"""What was taken of what was prescribed, by the ABC taxonomy: how much, how right, how timely, and for how long."""
