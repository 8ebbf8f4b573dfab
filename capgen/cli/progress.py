"""Shows the progress of a build on stderr: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from capgen.cli.text import rate
from capgen.words import counted

_SECONDS_BETWEEN_LINES = 5.0


@contextmanager
def row_progress(total: int) -> Iterator[Callable[[int], None]]:
    """Show progress while the block runs.

    Args:
        total: number of rows to write.

    Yields:
        A function to call, from any thread, with the number of rows just written.
    """
    with _bar(total) if sys.stderr.isatty() else _lines(total) as on_rows:
        yield on_rows


@contextmanager
def _bar(total: int) -> Iterator[Callable[[int], None]]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("building"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(),
    )
    started = time.monotonic()
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("build", total=total, speed="")

        def on_rows(rows: int) -> None:
            progress.update(task, advance=rows)
            done = progress.tasks[0].completed
            progress.update(task, speed=rate(int(done), time.monotonic() - started))

        yield on_rows


@contextmanager
def _lines(total: int) -> Iterator[Callable[[int], None]]:
    started = last_printed = time.monotonic()
    done = 0
    lock = threading.Lock()

    def on_rows(rows: int) -> None:
        nonlocal done, last_printed
        with lock:
            done += rows
            now = time.monotonic()
            if not done or now - last_printed < _SECONDS_BETWEEN_LINES:
                return
            last_printed = now
            left = (now - started) * (total - done) / done
            speed = rate(done, now - started)
            print(
                f"{done:,} of {counted(total, 'row')}, {speed}, {left:.0f} s left",
                file=sys.stderr,
                flush=True,
            )

    yield on_rows


@contextmanager
def count_progress(noun: str, participle: str) -> Iterator[Callable[[int, int], None]]:
    """Show how many of some things are done, in lines some seconds apart.

    Args:
        noun: the word for one of them, such as `sample`.
        participle: what is done to them, such as `mended`.

    Yields:
        A function to call with how many of how many are done.
    """
    started = last_printed = time.monotonic()

    def on_count(done: int, total: int) -> None:
        nonlocal last_printed
        now = time.monotonic()
        if now - last_printed < _SECONDS_BETWEEN_LINES or done in {0, total}:
            return
        last_printed = now
        left = (now - started) * (total - done) / done
        print(
            f"{done:,} of {counted(total, noun)} {participle}, about {left:.0f} s left",
            file=sys.stderr,
            flush=True,
        )

    yield on_count
