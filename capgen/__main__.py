"""Runs the command line, as `capgen` and as `python -m capgen`."""

import _thread
import gc
import sys
from typing import TYPE_CHECKING

from capgen.errors import StoppedError

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

# Nearly all objects are modules', and stay: a build has 90,000 and makes no others that last, a
# report 160,000. To look at them takes 40 ms and more, each time.
_OBJECTS = 200_000


def run() -> None:
    """Run the command line and exit with its code."""
    sys.unraisablehook = _stop_next
    try:
        exit_code = _run()
    except KeyboardInterrupt:  # before the command line listens, as while Python imports it
        print("error: interrupted", file=sys.stderr)  # noqa: T201
        exit_code = StoppedError.exit_code
    gc.freeze()  # or else Python looks at them all again as it ends, which takes 0.15 s
    sys.exit(exit_code)


def _stop_next(unraisable: "UnraisableHookArgs") -> None:
    """Let a Ctrl-C that compiled code swallowed stop whatever comes next; say all else."""
    if isinstance(unraisable.exc_value, KeyboardInterrupt):
        _thread.start_new_thread(_thread.interrupt_main, ())  # heard once this function has ended
    else:
        sys.__unraisablehook__(unraisable)


def _run() -> int:
    gc.set_threshold(_OBJECTS)
    # These take most of the time in which a start can be stopped.
    from capgen.cli.streams import flushed, open_standard_streams

    open_standard_streams()
    from capgen.cli.app import main

    return flushed(main())


if __name__ == "__main__":
    run()
