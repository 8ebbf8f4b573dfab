"""Folders and object stores, files that appear whole, and locks; knows nothing about panels."""
