"""Works a dataset out at a coarser step."""
