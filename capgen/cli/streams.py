"""Standard input, output and error, made so that a command succeeds whoever listens."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer

_NAMES = ("stdin", "stdout", "stderr")  # in the order of their numbers
_OUTPUT = "standard output"


class _Output(io.FileIO):
    """Standard output, which names itself in its errors."""

    def write(self, data: Any) -> int:
        try:
            return super().write(data)
        except OSError as error:
            error.filename = _OUTPUT
            raise


class _Unsaid(io.FileIO):
    """A channel that never fails: it drops what its reader does not take."""

    def write(self, data: Any) -> int:
        with contextlib.suppress(OSError):
            super().write(data)
        return memoryview(data).nbytes


def open_standard_streams() -> None:
    """Open the standard streams that are closed, and prepare the others for failures."""
    for number, name in enumerate(_NAMES):
        if not _is_open(number):  # the next opened file, such as a data file, would get the number
            os.open(os.devnull, os.O_RDWR)
        if getattr(sys, name) is None:
            mode = "w" if number else "r"
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8", closefd=False))
    sys.stdout = _over(_Output(1, "w", closefd=False), sys.stdout)
    sys.stderr = _over(_Unsaid(2, "w", closefd=False), sys.stderr)


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def _over(channel: io.FileIO, before: Any) -> io.TextIOWrapper:
    return io.TextIOWrapper(
        io.BufferedWriter(channel),
        encoding=before.encoding,
        errors=before.errors,
        line_buffering=before.line_buffering or channel.fileno() == 2,
        write_through=before.write_through,
    )


@contextmanager
def outcome(exit_code: int = 0) -> Iterator[None]:
    """Print the outcome of finished work, which counts even if standard output fails.

    Args:
        exit_code: the command's exit code.

    Raises:
        Exit: the exit code is not 0.
    """
    try:
        yield
        sys.stdout.flush()
    except SystemExit:  # from Rich, when the reader has left
        pass
    except OSError as error:
        if error.filename != _OUTPUT:
            raise
        _give_up_output()
        if error.errno != errno.EPIPE:
            print(f"note: {_OUTPUT}: {error.strerror}", file=sys.stderr)
    if exit_code:
        raise typer.Exit(exit_code)


def flushed(exit_code: int) -> int:
    """Print what is still in the buffer.

    Args:
        exit_code: the command's exit code.

    Returns:
        The exit code; 1 in place of 0 if the output is incomplete, unless the reader closed it.
    """
    try:
        sys.stdout.flush()
    except OSError as error:
        _give_up_output()
        if error.errno != errno.EPIPE and not exit_code:
            print(f"error: {_OUTPUT}: {error.strerror}", file=sys.stderr)
            return 1
    return exit_code


def _give_up_output() -> None:
    """Drop what is still in the buffer; Python would try to print it again at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
