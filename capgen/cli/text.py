"""Numbers and paths as people read them."""

from __future__ import annotations

import typer


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, such as `1 file` or `175,320 rows`.

    Args:
        number: how many.
        noun: what, in the singular.
    """
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def byte_size(count: float) -> str:
    """Return a size in the largest unit that leaves a number from 1, such as `2.9 MB`.

    Args:
        count: bytes.
    """
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


def rate(rows: int, seconds: float) -> str:
    """Return a speed in rows a second.

    Args:
        rows: rows done.
        seconds: time taken.
    """
    per_second = rows / max(seconds, 1e-3)
    if per_second >= 1e6:
        return f"{per_second / 1e6:.1f} M rows/s"
    thousands = per_second / 1e3
    return f"{thousands:.0f} k rows/s" if thousands >= 10 else f"{thousands:.1f} k rows/s"


def duration(seconds: float) -> str:
    """Return a time in the largest unit that leaves a number from 1, such as `42 s` or `1.5 h`.

    Args:
        seconds: how long.
    """
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def note(text: str) -> None:
    """Say something on stderr that is no error.

    Args:
        text: one line.
    """
    typer.echo(f"note: {text}", err=True)
