"""Reads panels, built or not, with SQL and as lazy frames."""
