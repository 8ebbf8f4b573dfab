"""Turns chunks of a panel into Arrow tables for a writer, without joining servers and dates.

The rows are those of the lazy cross join that defines them. Only their numbers are repeated here,
which takes less time than to join them; texts stay once in a dictionary.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from capgen.panel.crossed import Crossed


class ArrowTables:
    """Makes one table after the other.

    Args:
        schema: the schema of all tables; texts are dictionaries.
    """

    def __init__(self, schema: pa.Schema) -> None:
        self._schema = schema
        self._dates = pl.DataFrame()
        self._servers = 0
        self._repeated: Mapping[str, pa.Array] = {}

    def table(self, crossed: Crossed) -> pa.Table:
        """Return a chunk's rows, sorted by server and timestamp.

        Args:
            crossed: the chunk; its servers have Enums in place of strings.
        """
        dates = self._of_dates(crossed)
        columns: list[pa.Array] = []
        for field in self._schema:
            if field.name in dates:
                columns.append(dates[field.name])
            elif field.name in crossed.values:
                columns.append(_of_cells(crossed.values[field.name], field))
            else:
                column = crossed.servers[field.name]
                columns.append(_of_servers(column, crossed.dates.height, field))
        # Arrow casts nothing: loading its functions takes as long as building a small dataset.
        return pa.Table.from_arrays(columns, schema=self._schema)

    def _of_dates(self, crossed: Crossed) -> Mapping[str, pa.Array]:
        """Return the columns of the dates, repeated for each server; the latest are kept."""
        servers = crossed.servers.height
        if servers != self._servers or not crossed.dates.equals(self._dates):
            self._repeated = {
                column.name: _as_array(np.tile(_numbers(column), servers), column.to_arrow().type)
                for column in crossed.dates.get_columns()
            }
            self._dates = crossed.dates
            self._servers = servers
        return self._repeated


def _of_servers(column: pl.Series, steps: int, field: pa.Field) -> pa.DictionaryArray:
    """Return the texts of servers, each repeated for all steps."""
    kind = field.type.index_type
    codes = np.repeat(_numbers(column).astype(kind.to_pandas_dtype()), steps)
    return _texts(column, _as_array(codes, kind))


def _of_cells(column: pl.Series, field: pa.Field) -> pa.Array:
    if not isinstance(column.dtype, pl.Enum):
        return pl.DataFrame([column]).to_arrow().column(0).chunk(0)
    codes = column.to_physical()
    if codes.to_arrow().type != field.type.index_type:
        codes = codes.cast(pl.Int32)
    return _texts(column, codes.to_arrow())


def _texts(column: pl.Series, codes: pa.Array) -> pa.DictionaryArray:
    assert isinstance(column.dtype, pl.Enum)
    texts = _strings(column.dtype.categories.to_list())
    # Polars made the codes, so they need no check.
    return pa.DictionaryArray.from_arrays(codes, texts, safe=False)


def _strings(texts: list[str]) -> pa.StringArray:
    """Return texts as Arrow has them; `pa.array` would import pandas wherever it is installed."""
    encoded = [text.encode() for text in texts]
    ends = np.cumsum([0, *map(len, encoded)], dtype=np.int32)
    return pa.StringArray.from_buffers(
        len(texts), pa.py_buffer(ends), pa.py_buffer(b"".join(encoded))
    )


def _numbers(column: pl.Series) -> NDArray[Any]:
    numbers: NDArray[Any] = column.to_physical().to_numpy()
    return numbers


def _as_array(numbers: NDArray[Any], kind: pa.DataType) -> pa.Array:
    """Share the memory of an array."""
    return pa.Array.from_buffers(kind, numbers.size, [None, pa.py_buffer(numbers)])
