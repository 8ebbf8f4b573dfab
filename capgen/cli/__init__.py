"""The command line: it parses arguments, prints results, and sets exit codes."""
