"""Runs the command line, as `capgen` and as `python -m capgen`."""

import gc
import sys

from capgen.cli.streams import flushed, open_standard_streams

# Nearly all objects of a start are modules' and stay: the default of 700 looks at them 268 times.
_OBJECTS = 20_000


def run() -> None:
    """Run the command line and exit with its code."""
    gc.set_threshold(_OBJECTS)
    open_standard_streams()
    from capgen.cli.app import main

    sys.exit(flushed(main()))


if __name__ == "__main__":
    run()
