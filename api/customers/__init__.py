"""Customers, their consents and their care teams."""
