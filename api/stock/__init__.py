"""What is in stock, how long it lasts, and what is ordered."""
