"""Polars in a forked child: where its threads stayed with the parent, it would wait for them for ever."""

from __future__ import annotations

import os
import threading
import time

from capgen.errors import CapgenError

_LONGEST_WAIT = 5.0  # seconds for an answer that takes milliseconds


class _Fork:
    """What is known of this process since it was forked."""

    is_child = False
    answered: threading.Event | None = None
    deadline = 0.0


def _after_fork() -> None:
    _Fork.is_child = True
    _Fork.answered = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def check_polars_answers() -> None:
    """Refuse to begin what would never end: work in a child that was forked after its parent had used Polars.

    Raises:
        CapgenError: Polars does not answer in this process.
    """
    if not _is_child():
        return  # asking would start the threads here, and the children of this process would be without
    if _Fork.answered is None:
        _Fork.answered = threading.Event()
        _Fork.deadline = time.monotonic() + _LONGEST_WAIT
        threading.Thread(target=_ask, args=(_Fork.answered,), daemon=True).start()
    if not _Fork.answered.wait(max(0.0, _Fork.deadline - time.monotonic())):
        raise CapgenError(
            f"process {os.getpid()}: expected Polars to answer, got nothing: its parent had used Polars before it "
            "forked; start processes with multiprocessing's method spawn or forkserver"
        )


def _is_child() -> bool:
    """Tell whether this process may be forked; capgen may have been imported since."""
    import multiprocessing  # its import takes a while

    return _Fork.is_child or multiprocessing.parent_process() is not None


def _ask(answered: threading.Event) -> None:
    import polars as pl  # no command that does without waits for it

    pl.select(one=1).lazy().select(pl.col("one"), two=pl.col("one") + 1).collect()
    answered.set()
