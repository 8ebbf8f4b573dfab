"""Says in one line what is left of work that is stopped or fails half-way, and how to go on."""

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
        StoppedError: the user or the system stopped the work.
        CapgenError: the system refused to read or write.
    """
    go_on = f"complete files are kept; run the same capgen {command} again to go on"
    with _signals():
        try:
            yield
        except KeyboardInterrupt:
            raise StoppedError(f"interrupted; {go_on}") from None
        except BrokenPipeError:
            raise  # the reader has seen enough
        except OSError as error:
            place = f"{error.filename}: " if error.filename else ""
            raise CapgenError(f"{place}{error.strerror or error}; {go_on}") from None


@contextmanager
def nothing_left_when_stopped() -> Iterator[None]:
    """Turn Ctrl-C, SIGTERM and failed writes into one line that says that no file is left behind.

    Raises:
        StoppedError: the user or the system stopped the work.
        CapgenError: the system refused to read or write.
    """
    try:
        with kept_when_stopped("export"):
            try:
                yield
            except BrokenPipeError:
                raise  # the reader has seen enough
            except OSError as error:
                place = f"{error.filename}: " if error.filename else ""
                raise CapgenError(
                    f"{place}{error.strerror or error}; no file was written"
                ) from None
    except StoppedError:
        raise StoppedError("interrupted; no file was written") from None


@contextmanager
def gone_when_stopped() -> Iterator[None]:
    """Turn Ctrl-C, SIGTERM and SIGHUP into one line; half-written files are removed on the way out.

    Raises:
        StoppedError: the user or the system stopped the work.
    """
    with _signals() as heard:
        try:
            yield
        except (Exception, KeyboardInterrupt):  # DuckDB turns it into its own error
            if heard:
                raise StoppedError("interrupted") from None
            raise


@contextmanager
def _signals() -> Iterator[list[int]]:
    """Turn the signals that stop a process into KeyboardInterrupt; yield the signals heard."""
    heard: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        heard.append(number)
        raise KeyboardInterrupt

    # SIGINT too: Polars installs its own handler on import, which reacts after seconds, and reacts
    # even if the parent ignores SIGINT, as shells do for processes in the background.
    before = {number: signal.getsignal(number) for number in STOP_SIGNALS}
    for number, handler in before.items():
        signal.signal(number, handler if handler is signal.SIG_IGN else stop)
    try:
        yield heard
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
