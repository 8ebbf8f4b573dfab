"""A build that stands still while it writes, to see what another one meets."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from capgen import Config, build

_LONGEST = 20  # seconds


@contextmanager
def held_build(config: Config, out: str | Path) -> Iterator[None]:
    """Build in another thread; after its first rows it waits for the end of the block."""
    inside = threading.Event()
    let_go = threading.Event()

    def wait(_rows: int) -> None:
        inside.set()
        let_go.wait(_LONGEST)

    thread = threading.Thread(target=build, args=(config, out), kwargs={"on_rows": wait})
    thread.start()
    assert inside.wait(_LONGEST)
    try:
        yield
    finally:
        let_go.set()
        thread.join()
