"""The version of capgen, stated here alone."""

__version__ = "0.1.0"
