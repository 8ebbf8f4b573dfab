"""Time as panels have it: steps, spans and blocks, clocks, and the days that are holidays."""
