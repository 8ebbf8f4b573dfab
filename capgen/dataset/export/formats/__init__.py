"""The formats that a dataset is exported to: one file a kind, one list."""

from __future__ import annotations

from collections.abc import Mapping

from capgen.dataset.export.formats.arrow import write_arrow
from capgen.dataset.export.formats.csv import write_csv, write_csv_gz
from capgen.dataset.export.formats.database import write_duckdb
from capgen.dataset.export.formats.delta import DELTA, write_delta
from capgen.dataset.export.formats.form import Placer, Writer
from capgen.dataset.export.formats.json import write_json, write_ndjson, write_ndjson_gz
from capgen.dataset.export.formats.parquet import write_parquet
from capgen.dataset.export.formats.xlsx import MOST_ROWS, write_xlsx

WRITERS: Mapping[str, Writer] = {
    "csv": write_csv,
    "csv.gz": write_csv_gz,
    "parquet": write_parquet,
    "ndjson": write_ndjson,
    "ndjson.gz": write_ndjson_gz,
    "json": write_json,
    "arrow": write_arrow,
    "xlsx": write_xlsx,
}
PLACERS: Mapping[str, Placer] = {
    "duckdb": write_duckdb,
    DELTA: write_delta,
}
KINDS = tuple(kind for kind in (*WRITERS, *PLACERS) if kind != DELTA)
MOST: Mapping[str, int] = {"xlsx": MOST_ROWS}  # rows that a file of the kind can hold
