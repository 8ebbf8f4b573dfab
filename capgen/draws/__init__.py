"""Randomness and what it needs: each draw a pure function of what it is for."""
