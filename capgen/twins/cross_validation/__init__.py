"""`fit --test`: how good a twin of this telemetry is, tried on days that it has not seen."""
