"""Runs the command line, as `capgen` and as `python -m capgen`."""

import sys

from capgen.cli.streams import flushed, open_standard_streams


def run() -> None:
    """Run the command line and exit with its code."""
    open_standard_streams()
    from capgen.cli.app import main

    sys.exit(flushed(main()))


if __name__ == "__main__":
    run()
