"""The library: servers that take their parameters from a table of fitted ones."""
