"""Turns monitoring exports into telemetry: read, mended in the open, and published whole."""
