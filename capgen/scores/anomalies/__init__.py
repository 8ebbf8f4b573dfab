"""Scores what detectors of anomalies flag, beside what was done to the data."""
