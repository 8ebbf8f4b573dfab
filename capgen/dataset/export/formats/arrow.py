"""Arrow's file format, which is also Feather's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from capgen.storage.counted import Counted

if TYPE_CHECKING:
    import pyarrow as pa


def write_arrow(rows: pa.RecordBatchReader, file: Counted, origin: Mapping[str, str]) -> None:
    """Write rows as an Arrow file.

    Args:
        rows: the rows in batches.
        file: a file open for writing.
        origin: the origin of the rows, for the file's metadata.
    """
    import pyarrow as pa

    options = pa.ipc.IpcWriteOptions(compression="zstd")
    schema = rows.schema.with_metadata(dict(origin))
    with pa.ipc.new_file(file, schema, options=options) as writer:
        for batch in rows:
            writer.write_batch(batch.replace_schema_metadata(dict(origin)))
