"""What happens to work that is stopped or fails half-way: it is kept, and a line says how to go on."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from capgen.errors import CapgenError, StoppedError
from capgen.system.process import STOP_SIGNALS


@contextmanager
def kept_when_stopped(command: str) -> Iterator[None]:
    """Turn Ctrl-C, SIGTERM, SIGHUP and failed writes into one line that says how to go on.

    Args:
        command: the command's name.

    Raises:
        StoppedError: stopped from outside.
        CapgenError: the system refused to read or write.
    """
    # SIGINT too: Polars puts in a handler of its own when it is imported, which takes seconds to be
    # heard, and is heard even where the parent has SIGINT ignored, as shells do for what runs behind.
    before = {number: signal.getsignal(number) for number in STOP_SIGNALS}
    for number, handler in before.items():
        signal.signal(number, handler if handler is signal.SIG_IGN else _stop)
    go_on = f"what is whole is kept, run the same capgen {command} again to go on"
    try:
        yield
    except KeyboardInterrupt:
        raise StoppedError(f"interrupted; {go_on}") from None
    except BrokenPipeError:
        raise  # a reader that has seen enough
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        raise CapgenError(f"{place}{error.strerror or error}; {go_on}") from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
