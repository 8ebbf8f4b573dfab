"""What a cell of the panel is: fleet, calendar, noise, metrics; no files, no printing."""
