"""What real telemetry has beyond the default model: each layer a pure function, with random streams of its own."""
