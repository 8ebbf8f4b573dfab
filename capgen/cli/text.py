"""Writes numbers as people read them, and notes to stderr."""

from __future__ import annotations

from pathlib import Path

import typer

from capgen.storage.location import from_here
from capgen.storage.streams import is_standard_output
from capgen.words import counted


def byte_size(count: float) -> str:
    """Return a size in the largest unit of which there is at least one, such as `2.9 MB`.

    Args:
        count: number of bytes.
    """
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


def place_name(place: Path) -> str:
    """Return how to name what was written, such as `data` or `standard output`.

    Args:
        place: an absolute path, one in a store, or that of a stream.
    """
    return "standard output" if is_standard_output(place) else from_here(place)


def rate(rows: int, seconds: float) -> str:
    """Return a speed in rows per second.

    Args:
        rows: number of rows.
        seconds: the time that they took.
    """
    per_second = rows / max(seconds, 1e-3)
    if per_second >= 1e6:
        return f"{per_second / 1e6:.1f} M rows/s"
    thousands = per_second / 1e3
    return f"{thousands:.0f} k rows/s" if thousands >= 10 else f"{thousands:.1f} k rows/s"


def took(rows: int, seconds: float) -> str:
    """Return how long rows took, and how fast that is, such as `1.5 s (117 k rows/s)`.

    Args:
        rows: number of rows.
        seconds: the time that they took.
    """
    return f"{seconds:.1f} s ({rate(rows, seconds)})"


def wrote(place: Path, rows: int, size: int, seconds: float) -> str:
    """Return what a command says that has written one file.

    Args:
        place: the file, as in `place_name`.
        rows: number of rows.
        size: number of bytes.
        seconds: the time that they took.
    """
    what = f"{counted(rows, 'row')}, {byte_size(size)}, {took(rows, seconds)}"
    return f"Wrote {place_name(place)}: {what}"


def duration(seconds: float) -> str:
    """Return a time in seconds, minutes or hours, such as `42 s` or `1.5 h`.

    Args:
        seconds: the time in seconds.
    """
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def note(text: str) -> None:
    """Print a note, which is not an error, on stderr.

    Args:
        text: one line.
    """
    typer.echo(f"note: {text}", err=True)
