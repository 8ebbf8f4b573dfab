"""Hands a dataset over to other programs: forecasters, detectors, monitoring systems, databases."""
