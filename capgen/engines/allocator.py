"""Returns what a worker frees to the system, so that its peak is what it needs at one time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa

from capgen.system.process import give_back_blocks

_LARGE_BLOCK_BYTES = 2**21  # larger than the arrays of a slice, which are soon used again
_KEPT_BYTES = 2**23  # those of a slice: the system would take and give their memory again and again


@contextmanager
def freed_memory_returned() -> Iterator[None]:
    """Let Arrow use the system's allocator, which returns large blocks; others keep them."""
    give_back_blocks(_LARGE_BLOCK_BYTES, _KEPT_BYTES)
    before = pa.default_memory_pool()
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        yield
    finally:
        pa.set_memory_pool(before)
