"""Folders and files of this machine: renamed, linked, locked."""
