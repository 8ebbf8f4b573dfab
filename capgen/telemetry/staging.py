"""Stages readings once, as Parquet by a bucket of the server, so that memory stays flat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from capgen import sql
from capgen.dataset.data_files import literal
from capgen.errors import CapgenError
from capgen.telemetry.readers import mapping as mappings
from capgen.telemetry.readers.reader import READINGS, ReadMetric
from capgen.telemetry.readers.sources import Source

_BUCKET_BYTES = 160 * 2**20  # of exports as text; some 3 M samples
_MOST_BUCKETS = 500
_ROWS_BEFORE_FLUSH = 60_000  # that wait for each bucket's file


@dataclass(frozen=True, slots=True)
class Staged:
    """Readings by bucket, in files that DuckDB wrote.

    Args:
        connection: the database.
        folder: the folder with a folder for each bucket.
        buckets: their number.
    """

    connection: sql.Connection
    folder: Path
    buckets: int

    def files(self, bucket: int) -> list[Path]:
        """Return the files of a bucket.

        Args:
            bucket: its number.
        """
        return sorted((self.folder / f"bucket={bucket}").glob("*.parquet"))

    def view(self, bucket: int) -> bool:
        """Make the view `bucket` of one of them; tell whether it has rows.

        Args:
            bucket: its number.
        """
        files = self.files(bucket)
        if files:
            _view(self.connection, "bucket", files)
        return bool(files)


def buckets_for(sources: Sequence[Source]) -> int:
    """Return how many buckets servers are dealt to; it depends on the exports alone.

    Args:
        sources: the exports.
    """
    size = sum(source.text_bytes for source in sources)
    return min(1 + size // _BUCKET_BYTES, _MOST_BUCKETS)


def stage(
    connection: sql.Connection,
    metrics: Mapping[str, ReadMetric],
    names: Mapping[str, str],
    mapping: mappings.Mapping,
    folder: Path,
    buckets: int,
) -> Staged:
    """Write the readings, and make the view `staged` of all.

    Args:
        connection: the database with the view `readings`.
        metrics: what the reader found, by series.
        names: the metrics' names, by series.
        mapping: what the user says.
        folder: a new folder for the files.
        buckets: how many buckets servers are dealt to.

    Raises:
        CapgenError: there are none.
    """
    table = pl.DataFrame({"series": list(metrics), "metric": [names[each] for each in metrics]})
    connection.from_arrow(table.to_arrow()).create("metric_columns")
    _with_samples(connection)
    connection.execute(f"set partitioned_write_flush_threshold = {_ROWS_BEFORE_FLUSH}")
    rows = connection.sql(sql.query_text("load/staged"), params=_parameters(mapping, buckets))
    folder.mkdir(parents=True)
    rows.to_parquet(str(folder), partition_by=["bucket"], overwrite=True, compression="snappy")
    staged = Staged(connection, folder, buckets)
    files = [file for bucket in range(buckets) for file in staged.files(bucket)]
    if not files:
        raise CapgenError(
            "exports: expected samples, got none; is each metric's name as in the exports?"
        )
    _view(connection, "staged", files)
    return staged


def _with_samples(connection: sql.Connection) -> None:
    """Give the readings a column for the number of samples, where the reader has none."""
    readings = connection.view(READINGS)
    has_samples = "samples" in readings.columns
    (readings if has_samples else readings.project("*, null::bigint as samples")).create_view(
        "all_readings"
    )


def _parameters(mapping: mappings.Mapping, buckets: int) -> dict[str, Any]:
    texts = [each.strip() for each in mapping.missing if isinstance(each, str)]
    numbers = [float(each) for each in mapping.missing if not isinstance(each, str)]
    return {
        "texts": texts,
        "numbers": numbers,
        **naming(mapping),
        "buckets": buckets,
    }


def naming(mapping: mappings.Mapping) -> dict[str, Any]:
    """Return how servers are named, as the queries take it.

    Args:
        mapping: what the user says.
    """
    return {"strip": mapping.server.strip, "lower": mapping.server.lower}


def _view(connection: sql.Connection, name: str, files: Sequence[Path]) -> None:
    text = sql.query_text("load/staged_files")
    connection.sql(text, params={"files": literal(files)}).create_view(name, replace=True)
