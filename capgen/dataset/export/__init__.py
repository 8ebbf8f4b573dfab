"""Exports a dataset's rows to one file, database or table."""
