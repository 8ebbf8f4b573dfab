"""Exact rules: they allow nothing wrong, and need no statistics."""
