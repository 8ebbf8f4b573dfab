"""Deals readings to a file for each bucket of servers, with numbers in place of texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

_FILE_BITS = 40  # below them stands the position in the file
_SCHEMA = pa.schema(
    {
        "server": pa.int32(),
        "metric": pa.int32(),
        "device": pa.int32(),
        "moment": pa.timestamp("us"),
        "value": pa.float64(),
        "reading": pa.string(),
        "fault": pa.int8(),
        "samples": pa.int64(),
        "ordinal": pa.int64(),
    }
)
_ASCENDING = ("moment", "ordinal")
_OPTIONS = {
    "compression": "lz4",
    "use_dictionary": False,
    "column_encoding": dict.fromkeys(_ASCENDING, "DELTA_BINARY_PACKED"),
    "write_statistics": False,
}


class Numbers(dict[str, int]):
    """The numbers of texts, from 0 on, in the order in which they are asked for."""

    def __missing__(self, text: str) -> int:
        self[text] = len(self)
        return self[text]


@dataclass
class Dealer:
    """Deals rows of readings, batch by batch.

    Args:
        folder: where the files are.
        metrics: the metrics' numbers, by series; rows of other series are left out.
        files: what to close in the end.
        servers: the servers' numbers, given as they come.
        devices: the devices' numbers, likewise.
    """

    folder: Path
    metrics: Mapping[str, int]
    files: ExitStack
    servers: Numbers = field(default_factory=Numbers)
    devices: Numbers = field(default_factory=Numbers)
    _writers: dict[int, Any] = field(default_factory=dict)
    _rows: int = 0

    def deal(self, batch: Any) -> None:
        """Write the rows of a batch, each to its bucket, in their order.

        Args:
            batch: rows of `load/staged`, as Arrow.
        """
        columns = self._columns(batch)
        order = np.argsort(batch["bucket"].to_numpy(), kind="stable")
        known = columns["metric"].is_valid()
        if columns["metric"].null_count:
            order = order[known.to_numpy(zero_copy_only=False)[order]]
        rows = _taken(columns, pa.array(order))
        self._rows += batch.num_rows
        ends = np.cumsum(np.bincount(batch["bucket"].to_numpy()[order])).tolist()
        for bucket, (start, end) in enumerate(pairwise([0, *ends])):
            if end > start:
                self._writer(bucket).write_batch(rows.slice(start, end - start))

    def _columns(self, batch: Any) -> dict[str, Any]:
        columns = dict(zip(batch.schema.names, batch.columns, strict=True))
        columns["server"] = _numbers(batch["server"], self.servers.__getitem__)
        columns["metric"] = _numbers(batch["series"], self.metrics.get)
        if "device" in columns:
            columns["device"] = _numbers(batch["device"], self.devices.__getitem__)
        columns["ordinal"] = self._ordinals(batch)
        return columns

    def _ordinals(self, batch: Any) -> Any:
        """Return the file and, below it, the position in it: the row's number where it has none."""
        numbers = pa.array(np.arange(self._rows, self._rows + batch.num_rows))
        positions = pc.coalesce(batch["position"], numbers)
        return pc.add(pc.shift_left(batch["file"].cast(pa.int64()), _FILE_BITS), positions)

    def _writer(self, bucket: int) -> Any:
        if bucket not in self._writers:
            path = bucket_file(self.folder, bucket)
            writer = pq.ParquetWriter(path, _SCHEMA, **_OPTIONS)
            self._writers[bucket] = self.files.enter_context(writer)
        return self._writers[bucket]


@contextmanager
def dealer(folder: Path, metrics: Mapping[str, int]) -> Iterator[Dealer]:
    """Yield a dealer; its files are whole afterwards.

    Args:
        folder: where the files are to be.
        metrics: the metrics' numbers, by series.
    """
    with ExitStack() as files:
        yield Dealer(folder, metrics, files)


def bucket_file(folder: Path, bucket: int) -> Path:
    """Return the file of a bucket.

    Args:
        folder: where the files are.
        bucket: its number.
    """
    return folder / f"{bucket}.parquet"


def _taken(columns: Mapping[str, Any], order: Any) -> Any:
    """Return rows in an order; a column that is missing, or has nothing, is null."""
    empty = {
        name: pa.nulls(len(order), kind)
        for name, kind in zip(_SCHEMA.names, _SCHEMA.types, strict=True)
        if name not in columns or columns[name].null_count == len(columns[name])
    }
    taken = [empty[name] if name in empty else columns[name].take(order) for name in _SCHEMA.names]
    return pa.record_batch(taken, schema=_SCHEMA)


def _numbers(texts: Any, number_of: Callable[[str], int | None]) -> Any:
    found = texts.dictionary_encode()
    numbers = [number_of(text) for text in found.dictionary.to_pylist()]
    return pa.array(numbers, pa.int32()).take(found.indices)
