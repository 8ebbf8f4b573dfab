"""Judges datasets: whether what was configured is really in the data."""
