"""Runs the command line, as `capgen` and as `python -m capgen`."""

import sys

from capgen.cli.app import main


def run() -> None:
    """Run the command line and exit with its code."""
    sys.exit(main())


if __name__ == "__main__":
    run()
