"""The command line: parses, prints, and sets exit codes."""
