"""Tables as files, in the formats of any export."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

import polars as pl

from capgen.dataset.export.formats import WRITERS
from capgen.errors import RequestError
from capgen.handover.handed import Handed
from capgen.storage.counted import Counted

if TYPE_CHECKING:
    import pyarrow as pa

NO_ROWS = "expected rows to hand over, found none that meet the condition"


def write_table(handed: Handed, frames: Iterator[pl.DataFrame], file: Counted) -> None:
    """Write a table in the format that is asked for.

    Args:
        handed: whose format and origin the file has.
        frames: the rows.
        file: a file open for writing.

    Raises:
        RequestError: there is no row.
    """
    import pyarrow as pa

    first = next(frames, None)
    if first is None:
        raise RequestError(NO_ROWS)
    schema = first.clear().to_arrow().schema
    batches = _batches(chain([first], frames))
    WRITERS[handed.form](pa.RecordBatchReader.from_batches(schema, batches), file, handed.origin)


def _batches(frames: Iterator[pl.DataFrame]) -> Iterator[pa.RecordBatch]:
    for frame in frames:
        yield from frame.to_arrow().to_batches()
