"""The layer of regimes: states that servers move between."""
