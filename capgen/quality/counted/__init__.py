"""Rules that are judged from counts of all rows."""
