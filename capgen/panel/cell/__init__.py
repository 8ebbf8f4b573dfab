"""The cells of a panel: mean, noise, shape, and what layers do to values."""
