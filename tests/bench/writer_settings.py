"""How the Parquet writer's settings were chosen: the same tables in memory, written in many ways.

Run `python -m tests.bench.writer_settings`. Times of one run compare with each other only: machines
differ, and are shared. A tenth of the bytes is not worth much time: marked is the fastest of those
within a tenth of the smallest.
"""

from __future__ import annotations

import argparse
import io
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from unittest import mock

import pyarrow as pa
import pyarrow.parquet as pq

from capgen.config import Config, load_config
from capgen.dataset.sizes import choose_sizes
from capgen.dataset.writing import write_row_groups
from capgen.panel.chunks import Chunk
from capgen.panel.frame import Panel, panel_of
from tests.bench.measuring import versions

PANEL = {"granularity": "hourly", "num_servers": 1200, "end_date": "2022-12-31"}
SERVERS = 120  # of each archetype: two row groups
QUICK_SERVERS = 12
WORTH_IT = 1.1

ROW_GROUP_ROWS = {"2^16": 2**16, "2^17": 2**17, "2^18": 2**18, "33·2^14": 33 * 2**14, "2^20": 2**20}
LEVELS = (-5, 1, 3, 6, 9, 15)
CODECS = ("snappy", "lz4", "none")
INTEGERS = ["month", "quarter", "dayofweek", "is_weekend", "is_eoq", "is_holiday"]


@dataclass(frozen=True, slots=True)
class Setting:
    """One way to write.

    Args:
        name: what the table calls it.
        row_group_rows: of the row groups.
        options: of pyarrow's writer.
        nullable: whether the schema allows nulls.
    """

    name: str
    row_group_rows: int
    options: dict[str, Any] = field(default_factory=dict)
    nullable: bool = False

    def but(self, name: str, **options: Any) -> Setting:
        """Return the same with other options."""
        return replace(self, name=name, options=self.options | options)


@dataclass(frozen=True, slots=True)
class Result:
    """What a setting cost."""

    name: str
    nanoseconds_per_row: float
    bytes_per_row: float


def caught(panel: Panel, servers: int) -> tuple[list[pa.Table], dict[str, Any]]:
    """Return a table for each archetype, as capgen writes it, and the options of its writer."""
    tables = []
    all_options = {}

    class Catching(pq.ParquetWriter):  # type: ignore[misc]
        """Keeps what it is given, and writes nothing."""

        def __init__(self, target: Any, schema: pa.Schema, **options: Any) -> None:
            super().__init__(target, schema, **options)
            all_options.update(options)

        def write_table(self, table: pa.Table, **_options: Any) -> None:
            tables.append(table)

    with mock.patch.object(pq, "ParquetWriter", Catching):
        for archetype in panel.config.archetypes:
            write_row_groups(panel, [Chunk(archetype, 0, servers, panel.axis.span)], io.BytesIO())
    return tables, all_options


def settings(config: Config, options: dict[str, Any]) -> Iterator[Setting]:
    """Yield what is in use, and then all else: each differs from it in one respect."""
    rows = choose_sizes(config, None, None, None).row_group_rows
    chosen = Setting("as chosen", rows, options)
    yield chosen
    for name, others in ROW_GROUP_ROWS.items():
        if others != rows:
            yield replace(chosen, name=f"row groups of {name}", row_group_rows=others)
    for level in LEVELS:
        if level != options["compression_level"]:
            yield chosen.but(f"zstd {level}", compression_level=level)
    for codec in CODECS:
        yield chosen.but(codec, compression=codec, compression_level=None)
    yield from _encodings(config, chosen)
    yield chosen.but("statistics on all columns", write_statistics=True)
    yield chosen.but("data pages of version 2", data_page_version="2.0")
    yield replace(chosen, name="nullable columns", nullable=True)
    yield Setting("pyarrow's own settings", rows)


def _encodings(config: Config, chosen: Setting) -> Iterator[Setting]:
    dictionaries = chosen.options["use_dictionary"]
    encodings = chosen.options["column_encoding"]
    metrics = [metric.column for metric in config.metrics.values()]
    plain = chosen.but(
        "metrics plain", use_dictionary=[name for name in dictionaries if name not in metrics]
    )
    yield plain
    split = dict.fromkeys(metrics, "BYTE_STREAM_SPLIT")
    yield plain.but("metrics BYTE_STREAM_SPLIT", column_encoding=encodings | split)
    yield chosen.but(
        "integers DELTA_BINARY_PACKED",
        use_dictionary=[name for name in dictionaries if name not in INTEGERS],
        column_encoding=encodings | dict.fromkeys(INTEGERS, "DELTA_BINARY_PACKED"),
    )


def measure(setting: Setting, tables: list[pa.Table], folder: Path) -> Result:
    """Write the tables, one file each, and return what it cost."""
    if setting.nullable:
        schema = pa.schema([each.with_nullable(True) for each in tables[0].schema])
        tables = [pa.Table.from_arrays(table.columns, schema=schema) for table in tables]
    seconds = _write_all(setting, tables, folder)
    rows = sum(table.num_rows for table in tables)
    size = sum(file.stat().st_size for file in folder.iterdir())
    return Result(setting.name, seconds / rows * 1e9, size / rows)


def _write_all(setting: Setting, tables: list[pa.Table], folder: Path) -> float:
    started = time.process_time()
    for number, table in enumerate(tables):
        with pq.ParquetWriter(
            folder / f"{number}.parquet", table.schema, **setting.options
        ) as writer:
            writer.write_table(table, row_group_size=setting.row_group_rows)
    return time.process_time() - started


def lines(results: list[Result]) -> Iterator[str]:
    """Yield the table, with the small ones and the fastest of those marked."""
    smallest = min(result.bytes_per_row for result in results)
    small = [result for result in results if result.bytes_per_row <= WORTH_IT * smallest]
    fastest = min(small, key=lambda result: result.nanoseconds_per_row)
    width = max(len(result.name) for result in results)
    yield f"{'setting'.ljust(width)}  processor ns/row  bytes/row"
    for result in results:
        remarks = ["within a tenth of the smallest"] if result in small else []
        remarks += ["the smallest"] if result.bytes_per_row == smallest else []
        remarks += ["the fastest of those"] if result == fastest else []
        numbers = f"{result.nanoseconds_per_row:16.1f}  {result.bytes_per_row:9.2f}"
        yield f"{result.name.ljust(width)}  {numbers}  {', '.join(remarks)}".rstrip()


def main() -> None:
    """Print what each setting costs."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.writer_settings", description=__doc__
    )
    parser.add_argument(
        "--quick", action="store_true", help="few rows, to see that it runs: no measurement"
    )
    parser.add_argument(
        "--repeat", type=int, metavar="N", default=3, help="keep the best time of so many"
    )
    asked = parser.parse_args()
    pa.set_memory_pool(pa.system_memory_pool())  # as a build does
    config = load_config(overrides=PANEL)
    panel = panel_of(config)
    tables, options = caught(panel, QUICK_SERVERS if asked.quick else SERVERS)
    with tempfile.TemporaryDirectory() as folder:
        rounds = [
            [measure(each, tables, Path(folder)) for each in settings(config, options)]
            for _ in range(asked.repeat)
        ]
    results = [
        min(runs, key=lambda run: run.nanoseconds_per_row) for runs in zip(*rounds, strict=True)
    ]
    print(f"{versions()}; {sum(table.num_rows for table in tables):,} rows\n")
    print("\n".join(lines(results)))


if __name__ == "__main__":
    main()
