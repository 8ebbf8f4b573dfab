"""Runs the command line, as `capgen` and as `python -m capgen`."""

import gc
import sys

from capgen.errors import StoppedError

# Nearly all objects are modules', and stay: a build has 90,000 and makes no others that last, a
# report 160,000. To look at them takes 40 ms and more, each time.
_OBJECTS = 200_000


def run() -> None:
    """Run the command line and exit with its code."""
    try:
        exit_code = _run()
    except KeyboardInterrupt:  # before the command line listens, as while Python imports it
        print("error: interrupted", file=sys.stderr)  # noqa: T201
        exit_code = StoppedError.exit_code
    gc.freeze()  # or else Python looks at them all again as it ends, which takes 0.15 s
    sys.exit(exit_code)


def _run() -> int:
    gc.set_threshold(_OBJECTS)
    # These take most of the time in which a start can be stopped.
    from capgen.cli.streams import flushed, open_standard_streams

    open_standard_streams()
    from capgen.cli.app import main

    return flushed(main())


if __name__ == "__main__":
    run()
