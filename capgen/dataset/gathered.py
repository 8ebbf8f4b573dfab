"""Gathers the many small writes of a Parquet writer into few large ones.

Arrow writes each page twice, its head and its values. Python would hash and write each of them, and
the other threads would wait for the interpreter that often.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

import pyarrow as pa

from capgen.storage.counted import Hashed

_PIECE_BYTES = 2**18  # stays in a core's cache until it is hashed


@contextmanager
def gathered(target: IO[bytes] | Hashed) -> Iterator[pa.NativeFile]:
    """Open a file for a Parquet writer; when the block ends, all of it is written.

    Args:
        target: the file to write to, which stays open.
    """
    sink = _Sink(target)
    stream = pa.BufferedOutputStream(pa.PythonFile(sink, mode="w"), _PIECE_BYTES)
    try:
        yield stream
        stream.flush()
    finally:
        sink.has_ended = True


class _Sink:
    """Hands on what Arrow writes until the block ends: then Arrow would write and close again."""

    closed = False

    def __init__(self, target: IO[bytes] | Hashed) -> None:
        self._target = target
        self.has_ended = False

    def write(self, data: bytes) -> int:
        return len(data) if self.has_ended else self._target.write(data)

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass
