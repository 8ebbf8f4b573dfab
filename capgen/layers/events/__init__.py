"""The layer of events: incidents with a start and an end."""
