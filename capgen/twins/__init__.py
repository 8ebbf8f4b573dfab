"""Twins of real servers: how alike two fleets are."""
