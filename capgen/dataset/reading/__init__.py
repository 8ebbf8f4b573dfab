"""Asks a panel, written or not, in SQL and as a lazy frame."""
