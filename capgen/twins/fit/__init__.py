"""Fits telemetry: what makes a server itself, as a row of a library."""
