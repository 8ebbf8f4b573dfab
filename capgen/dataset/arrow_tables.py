"""Turns chunks of a panel into Arrow tables for a writer, without joining servers and dates.

The rows are those of the lazy cross join that defines them. Only their numbers are repeated here,
which takes less time than to join them; texts stay once in a dictionary.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from capgen.panel.cell.values import Array
from capgen.panel.crossed import Crossed

_KEPT_TEXTS = 128  # columns of chunks; some ten bytes a server


class ArrowTables:
    """Makes one table after the other, each of which is good until the next one.

    What the dates of the last one repeat is kept, and so is the memory that it takes.
    """

    def __init__(self) -> None:
        self._dates = pl.DataFrame()
        self._servers = 0
        self._memory: dict[str, NDArray[Any]] = {}
        self._repeated: Mapping[str, pa.Array] = {}

    def table(self, crossed: Crossed, schema: pa.Schema) -> pa.Table:
        """Return a chunk's rows, sorted by server and timestamp.

        Args:
            crossed: the chunk.
            schema: the schema of the table; texts are dictionaries.
        """
        rows = crossed.servers.height * crossed.dates.height
        dates = self._of_dates(crossed, schema)
        columns: list[pa.Array] = []
        for field in schema:
            if field.name in dates:
                columns.append(dates[field.name][:rows])
            elif field.name in crossed.values:
                columns.append(_of_cells(crossed.values[field.name], field))
            else:
                texts = crossed.servers[field.name].to_list()
                columns.append(_of_servers(texts, crossed.dates.height, field))
        # Arrow casts nothing: loading its functions takes as long as building a small dataset.
        return pa.Table.from_arrays(columns, schema=schema)

    def _of_dates(self, crossed: Crossed, schema: pa.Schema) -> Mapping[str, pa.Array]:
        """Return columns of the dates for as many servers, or more; the latest are kept."""
        servers = crossed.servers.height
        if servers > self._servers or not crossed.dates.equals(self._dates):
            self._repeated = {
                column.name: _as_array(self._tiled(column, servers), column.to_arrow().type)
                for column in crossed.dates.get_columns()
                if column.name in schema.names
            }
            self._dates = crossed.dates
            self._servers = servers
        return self._repeated

    def _tiled(self, column: pl.Series, times: int) -> NDArray[Any]:
        """Return a column so many times; other threads go on meanwhile, as `np.tile` forbids."""
        numbers = column.to_numpy()
        rows = times * numbers.size
        memory = self._memory.get(column.name)
        if memory is None or memory.size < rows:
            memory = self._memory[column.name] = np.empty(rows, numbers.dtype)
        memory[:rows].reshape(times, numbers.size)[:] = numbers
        return memory[:rows]


def _of_servers(texts: Sequence[str], steps: int, field: pa.Field) -> pa.DictionaryArray:
    """Return the texts of servers, each repeated for all steps."""
    kind = field.type.index_type
    numbers, distinct = _numbered(tuple(texts))
    codes = numbers.astype(kind.to_pandas_dtype())
    repeated = np.broadcast_to(codes[:, None], (codes.size, steps)).ravel()
    return _dictionary(_as_array(repeated, kind), distinct)


@lru_cache(maxsize=_KEPT_TEXTS)
def _numbered(texts: tuple[str, ...]) -> tuple[NDArray[np.int32], pa.StringArray]:
    """Return the number of each text, and the texts by number; each year asks for the same."""
    numbers = {text: number for number, text in enumerate(dict.fromkeys(texts))}
    return np.array([numbers[text] for text in texts], np.int32), _strings(numbers)


def _of_cells(values: Array, field: pa.Field) -> pa.Array:
    if isinstance(values, pl.Series):
        assert isinstance(values.dtype, pl.Enum)
        codes = values.to_physical()
        if codes.to_arrow().type != field.type.index_type:
            codes = codes.cast(pl.Int32)
        return _dictionary(codes.to_arrow(), _strings(values.dtype.categories.to_list()))
    missing = np.isnan(values) if field.nullable else np.False_
    if not missing.any():
        return _as_array(values, field.type)
    present = pa.py_buffer(np.packbits(~missing, bitorder="little"))
    return pa.Array.from_buffers(field.type, values.size, [present, pa.py_buffer(values)])


def _dictionary(codes: pa.Array, texts: pa.StringArray) -> pa.DictionaryArray:
    # The codes are positions of the texts, so they need no check.
    return pa.DictionaryArray.from_arrays(codes, texts, safe=False)


def _strings(texts: Collection[str]) -> pa.StringArray:
    """Return texts as Arrow has them; `pa.array` would import pandas wherever it is installed."""
    encoded = [text.encode() for text in texts]
    ends = np.cumsum([0, *map(len, encoded)], dtype=np.int32)
    return pa.StringArray.from_buffers(
        len(texts), pa.py_buffer(ends), pa.py_buffer(b"".join(encoded))
    )


def _as_array(numbers: NDArray[Any], kind: pa.DataType) -> pa.Array:
    """Share the memory of an array."""
    return pa.Array.from_buffers(kind, numbers.size, [None, pa.py_buffer(numbers)])
