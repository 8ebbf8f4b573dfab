"""Rules whose expectation has a closed form: measured beside what the configuration implies."""
