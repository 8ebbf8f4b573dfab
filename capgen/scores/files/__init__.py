"""Reads what users hand in to be scored: Parquet or CSV, in the columns that tools write."""
