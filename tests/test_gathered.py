"""What a Parquet writer writes reaches the file in few pieces, and whole or with its error."""

from __future__ import annotations

import gc
import io
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from capgen.dataset.gathered import gathered

TABLE = pa.table({"number": np.arange(200_000), "root": np.sqrt(np.arange(200_000))})


class Pieces(io.BytesIO):
    """A file that counts its writes, and refuses those after the first few."""

    def __init__(self, most: int = 1_000) -> None:
        super().__init__()
        self.writes = 0
        self.most = most

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.writes += 1
        if self.writes > self.most:
            raise OSError("disk full")
        return super().write(data)


def write_through(file: IO[bytes]) -> None:
    with pq.ParquetWriter(file, TABLE.schema) as writer:
        writer.write_table(TABLE)


def test_few_pieces_are_the_same_bytes() -> None:
    pages = Pieces()
    write_through(pages)
    pieces = Pieces()
    with gathered(pieces) as file:
        write_through(file)
    assert pieces.getvalue() == pages.getvalue()
    assert 2 * pieces.writes < pages.writes


@pytest.mark.parametrize("most", [0, 1, 3])
def test_a_write_that_fails_is_the_last(most: int, capfd: pytest.CaptureFixture[str]) -> None:
    pieces = Pieces(most)
    with pytest.raises(OSError, match="disk full") as caught, gathered(pieces) as file:
        write_through(file)
    written = pieces.getvalue()
    pieces.most = 1_000
    del file, caught  # the traceback holds Arrow's writer, which writes again when it goes
    gc.collect()
    assert pieces.getvalue() == written
    assert capfd.readouterr().err == ""
