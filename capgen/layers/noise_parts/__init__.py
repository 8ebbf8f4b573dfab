"""The layer of noise parts: noise that remembers."""
