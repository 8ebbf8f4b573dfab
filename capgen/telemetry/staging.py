"""Stages readings once, in a file for each bucket of servers, so that memory stays flat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from capgen import sql
from capgen.dataset.data_files import literal
from capgen.errors import CapgenError
from capgen.telemetry.dealing import Numbers, bucket_file, dealer
from capgen.telemetry.readers import mapping as mappings
from capgen.telemetry.readers.given_files import GivenFile
from capgen.telemetry.readers.reader import ReadMetric

_BUCKET_BYTES = 160 * 2**20  # of exports as text; some 3 M samples
_MOST_BUCKETS = 500
_BATCH = 2**20
_BUFFER = "64MB"  # of rows that wait for being dealt


@dataclass(frozen=True, slots=True)
class Staged:
    """Readings by bucket, in files.

    Args:
        connection: the database, with the names of servers, metrics and devices by number.
        folder: the folder with a file for each bucket.
        buckets: their number.
        metrics: the metrics' numbers, by name.
    """

    connection: sql.Connection
    folder: Path
    buckets: int
    metrics: Mapping[str, int]

    @property
    def files(self) -> list[Path]:
        """The files of all buckets that have rows."""
        files = [bucket_file(self.folder, bucket) for bucket in range(self.buckets)]
        return [file for file in files if file.exists()]

    def view(self, bucket: int) -> bool:
        """Make the view `bucket` of one of them; tell whether it has rows.

        Args:
            bucket: its number.
        """
        file = bucket_file(self.folder, bucket)
        if not file.exists():
            return False
        _view(self.connection, "bucket", [file])
        return True


def buckets_for(files: Sequence[GivenFile]) -> int:
    """Return how many buckets servers are dealt to; it depends on the exports alone.

    Args:
        files: the exports.
    """
    size = sum(file.text_bytes for file in files)
    return min(1 + size // _BUCKET_BYTES, _MOST_BUCKETS)


def stage(
    connection: sql.Connection,
    metrics: Mapping[str, ReadMetric],
    names: Mapping[str, str],
    mapping: mappings.Mapping,
    folder: Path,
    buckets: int,
) -> Staged:
    """Write the readings, and make the view `staged` of all, with the tables of their names.

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
    connection.execute(f"set streaming_buffer_size = '{_BUFFER}'")
    folder.mkdir(parents=True)
    numbers = Numbers()
    with dealer(folder, {series: numbers[names[series]] for series in metrics}) as dealing:
        parameters = _parameters(mapping, buckets)
        for batch in sql.query_batches(connection, "load/staged", parameters, _BATCH):
            dealing.deal(batch)
    staged = Staged(connection, folder, buckets, numbers)
    if not staged.files:
        raise CapgenError(
            "exports: expected samples, got none; is each metric's name as in the exports?"
        )
    _view(connection, "staged", staged.files)
    _tell_names(connection, "servers", "server", dealing.servers)
    _tell_names(connection, "metrics", "metric", numbers)
    _tell_names(connection, "devices", "device", dealing.devices)
    return staged


def _tell_names(connection: sql.Connection, table: str, column: str, numbers: Numbers) -> None:
    names = pl.DataFrame(
        {column: list(numbers.values()), "name": list(numbers)},
        schema={column: pl.Int32, "name": pl.String},
    )
    connection.from_arrow(names.to_arrow()).create(table)


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
