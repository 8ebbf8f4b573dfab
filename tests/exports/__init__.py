"""Panels as monitoring systems export them: a module for each system, and how they are read."""
