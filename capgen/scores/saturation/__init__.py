"""When servers reach a limit: the day of the expected value, of the drawn one, and of futures."""
