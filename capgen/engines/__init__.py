"""Engines: what runs the chunks of a build, on this machine or on a cluster."""
