"""Builds a dataset: begins, continues, extends, publishes."""
