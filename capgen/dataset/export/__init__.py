"""Writes a dataset's rows to one place."""
