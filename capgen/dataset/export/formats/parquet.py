"""Parquet, with one row group for each batch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from capgen.dataset.export.formats.form import ZSTD_LEVEL
from capgen.storage.counted import Counted

if TYPE_CHECKING:
    import pyarrow as pa


def write_parquet(rows: pa.RecordBatchReader, file: Counted, origin: Mapping[str, str]) -> None:
    """Write rows as Parquet, with one row group for each batch.

    Args:
        rows: the rows in batches.
        file: a file open for writing.
        origin: the origin of the rows, for the file's metadata.
    """
    import pyarrow.parquet as pq

    options: dict[str, Any] = {
        "compression": "zstd",
        "compression_level": ZSTD_LEVEL,
        "store_schema": False,
    }
    with pq.ParquetWriter(file, rows.schema, **options) as writer:
        for batch in rows:
            writer.write_batch(batch, row_group_size=max(1, batch.num_rows))
        writer.add_key_value_metadata(dict(origin))
