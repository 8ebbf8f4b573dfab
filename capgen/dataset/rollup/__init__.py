"""Rolls a dataset up to a coarser time step."""
