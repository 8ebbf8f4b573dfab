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
    go_on = f"what is whole is kept, run the same capgen {command} again to go on"
    with _signals():
        try:
            yield
        except KeyboardInterrupt:
            raise StoppedError(f"interrupted; {go_on}") from None
        except BrokenPipeError:
            raise  # a reader that has seen enough
        except OSError as error:
            place = f"{error.filename}: " if error.filename else ""
            raise CapgenError(f"{place}{error.strerror or error}; {go_on}") from None


@contextmanager
def nothing_left_when_stopped() -> Iterator[None]:
    """Turn Ctrl-C, SIGTERM and failed writes into one line that says that no file is left behind.

    Raises:
        StoppedError: stopped from outside.
        CapgenError: the system refused to read or write.
    """
    try:
        with kept_when_stopped("export"):
            try:
                yield
            except BrokenPipeError:
                raise  # a reader that has seen enough
            except OSError as error:
                place = f"{error.filename}: " if error.filename else ""
                raise CapgenError(
                    f"{place}{error.strerror or error}; no file was written"
                ) from None
    except StoppedError:
        raise StoppedError("interrupted; no file was written") from None


@contextmanager
def gone_when_stopped() -> Iterator[None]:
    """Turn Ctrl-C, SIGTERM and SIGHUP into one line; what is half-written goes on the way out.

    Raises:
        StoppedError: stopped from outside.
    """
    with _signals() as heard:
        try:
            yield
        except (Exception, KeyboardInterrupt):  # DuckDB makes an error of its own of it
            if heard:
                raise StoppedError("interrupted") from None
            raise


@contextmanager
def _signals() -> Iterator[list[int]]:
    """Turn signals that stop into KeyboardInterrupt; yield those that were heard."""
    heard: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        heard.append(number)
        raise KeyboardInterrupt

    # SIGINT too: Polars puts in a handler of its own when it is imported, which takes seconds to be
    # heard, and is heard even where the parent has SIGINT ignored, as shells do for what runs behind.
    before = {number: signal.getsignal(number) for number in STOP_SIGNALS}
    for number, handler in before.items():
        signal.signal(number, handler if handler is signal.SIG_IGN else stop)
    try:
        yield heard
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
