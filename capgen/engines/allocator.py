"""Has what a worker frees given back to the system, so that its peak follows from what it needs at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa

from capgen.system.process import give_back_blocks

_LARGE_BLOCK_BYTES = 2**21  # more than an array of a slice, which is used again at once


@contextmanager
def freed_memory_returned() -> Iterator[None]:
    """Use the system's allocator for Arrow, and have it give large blocks back: others keep what was freed."""
    give_back_blocks(_LARGE_BLOCK_BYTES)
    before = pa.default_memory_pool()
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        yield
    finally:
        pa.set_memory_pool(before)
