"""`score`: forecasts, detectors and dates, beside what happened and the best possible."""
