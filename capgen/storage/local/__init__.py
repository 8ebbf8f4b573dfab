"""Local folders and files, which can be renamed, linked and locked."""
