"""Detects a forked child in which Polars would wait forever, because its threads stayed behind."""

from __future__ import annotations

import os
import threading
import time

from capgen.errors import CapgenError

_LONGEST_WAIT = 5.0  # seconds for an answer that takes milliseconds


class _Fork:
    """What this process knows about its fork."""

    is_child = False
    answered: threading.Event | None = None
    deadline = 0.0


def _after_fork() -> None:
    _Fork.is_child = True
    _Fork.answered = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def check_polars_answers() -> None:
    """Refuse work that would never end: in a child forked after its parent had used Polars.

    Raises:
        CapgenError: Polars does not answer in this process.
    """
    if not _is_child():
        return  # asking would start Polars' threads here, and children forked later would lack them
    if _Fork.answered is None:
        _Fork.answered = threading.Event()
        _Fork.deadline = time.monotonic() + _LONGEST_WAIT
        threading.Thread(target=_ask, args=(_Fork.answered,), daemon=True).start()
    if not _Fork.answered.wait(max(0.0, _Fork.deadline - time.monotonic())):
        raise CapgenError(
            f"process {os.getpid()}: expected Polars to answer, got nothing: "
            "its parent had used Polars before it forked; "
            "start processes with multiprocessing's method spawn or forkserver"
        )


def _is_child() -> bool:
    """Tell whether this process may be a forked child, even one that imported capgen later."""
    import multiprocessing  # slow to import

    return _Fork.is_child or multiprocessing.parent_process() is not None


def _ask(answered: threading.Event) -> None:
    import polars as pl  # commands that do not need it must not wait for it

    pl.select(one=1).lazy().select(pl.col("one"), two=pl.col("one") + 1).collect()
    answered.set()
