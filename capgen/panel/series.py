"""Arrays as columns of Polars, in the same memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray


def series_of(arrays: Mapping[str, NDArray[Any]]) -> list[pl.Series]:
    """Share the memory of arrays, through Arrow: Polars would load numpy.ma first.

    Args:
        arrays: as many numbers each, by the name of the series.
    """
    columns = [_as_arrow(np.ascontiguousarray(array)) for array in arrays.values()]
    return pl.DataFrame(pa.record_batch(columns, names=list(arrays))).get_columns()


def _as_arrow(array: NDArray[Any]) -> pa.Array:
    kind = pa.from_numpy_dtype(array.dtype)
    return pa.Array.from_buffers(kind, array.size, [None, pa.py_buffer(array)])
