"""The panel for other engines: descriptions go out, rows come back, as Spark's mapInArrow wants."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator
from functools import partial

import polars as pl
import pyarrow as pa

import capgen
from capgen import scan
from tests.conftest import make_config
from tests.everything import EVERYTHING

WINDOW = {"start_date": "2023-12-25", "end_date": "2024-01-06"}
CONFIG = make_config(num_servers=12, granularity="hourly", **WINDOW, **EVERYTHING)
Batches = Iterable[pa.RecordBatch]


def map_in_arrow(
    function: Callable[[Batches], Iterator[pa.RecordBatch]], table: pa.Table, parts: int
) -> pl.DataFrame:
    """Do what Spark does: pickle the function, and hand each worker some batches."""
    pickled = pickle.dumps(function)
    rows: list[pa.RecordBatch] = []
    for part in range(parts):
        described = table.take(list(range(part, table.num_rows, parts)))
        make = pickle.loads(pickled)  # noqa: S301 - our own
        rows += make(iter(described.to_batches(max_chunksize=1)))
    frame = pl.from_arrow(pa.Table.from_batches(rows))
    assert isinstance(frame, pl.DataFrame)
    return frame


def test_the_rows_are_those_of_scan() -> None:
    chunks = capgen.chunks(CONFIG)
    assert chunks.num_rows > 5
    panel = map_in_arrow(partial(capgen.cells, CONFIG), chunks, 3)
    in_order = ["server_id", "timestamp"]
    assert panel.sort(in_order).equals(scan(CONFIG).collect().sort(in_order))


def test_chunks_are_in_the_order_of_scan() -> None:
    panel = pa.Table.from_batches(capgen.cells(CONFIG, [capgen.chunks(CONFIG)]))
    assert scan(CONFIG).collect().equals(pl.DataFrame(panel))
