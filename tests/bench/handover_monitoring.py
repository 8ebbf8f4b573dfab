"""The default panel in real programs: each is handed it, loads it as documented, and answers.

175,320 rows of five metrics, 2 % of cpu missing; every value is compared. A program that is not
installed is named. `CHDB` may name an interpreter that has the library chdb, which is large.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import polars as pl

import capgen
from tests.conftest import make_config
from tests.programs import Samples, clickhouse, influxdb, panel_samples, postgresql, victoriametrics
from tests.programs import prometheus as prometheus_program

SHARE = Decimal("0.01")
RATE = Decimal(125_000)
COLUMNS = {
    **{f"capgen_{name}_p95_ratio": f"{name}_p95" for name in ("cpu", "mem", "disk")},
    **{f"capgen_net_{way}_p95_bytes_per_second": f"net_{way}_p95" for way in ("in", "out")},
}
FACTORS = {column: RATE if "net" in column else SHARE for column in COLUMNS.values()}
SPAN = (1640995200, 1767139200)
DAY = 86_400
CHDB = os.environ.get("CHDB", sys.executable)


def prometheus(data: Path, folder: Path) -> str:
    file = folder / "panel.om"
    capgen.hand_over(data, "prometheus", file)
    found, series = prometheus_program.loaded(file, folder, COLUMNS, SPAN, DAY)
    return f"{compared(found, panel_samples(data, FACTORS))}, {len(series)} series"


def victoria(data: Path, folder: Path) -> str:
    capgen.hand_over(data, "victoriametrics", folder / "csv")
    found = victoriametrics.loaded(folder / "csv", folder, COLUMNS)
    return compared(found, panel_samples(data, FACTORS))


def influx(data: Path, folder: Path) -> str:
    file = folder / "panel.lp"
    capgen.hand_over(data, "influx", file)
    found, _ = influxdb.loaded(file, folder, list(FACTORS))
    return compared(found, panel_samples(data, dict.fromkeys(FACTORS, Decimal(1))))


def compared(found: Samples, expected: Samples) -> str:
    """Count the samples, and those that differ."""
    samples = sum(map(len, expected.values()))
    wrong = sum(
        one != other
        for key, rows in expected.items()
        for one, other in zip(rows, found.get(key, []), strict=True)
    )
    return f"{samples:,} samples, {wrong:,} differ"


def postgres(data: Path, folder: Path) -> str:
    capgen.hand_over(data, "postgres", folder / "rows")
    with postgresql.cluster() as environment:
        table = postgresql.loaded(folder / "rows", environment)
    names = table.columns
    typed = table.select(
        pl.col("timestamp").str.to_datetime("%Y-%m-%d %H:%M:%S+00", time_unit="us"),
        pl.col(names[1:]),
    )
    return same_cells(typed.cast(panel(data).schema), data)


def click(data: Path, folder: Path) -> str:
    capgen.hand_over(data, "clickhouse", folder / "rows")
    table, _ = clickhouse.loaded(folder / "rows", folder, CHDB)
    stamps = pl.col("timestamp").dt.replace_time_zone(None).cast(pl.Datetime("us"))
    return same_cells(table.with_columns(stamps), data)


def panel(data: Path) -> pl.DataFrame:
    return capgen.scan(data).sort("server_id", "timestamp").collect()


def same_cells(table: pl.DataFrame, data: Path) -> str:
    """Count the cells, and the columns that differ."""
    expected = panel(data)
    wrong = [name for name in expected.columns if not table[name].equals(expected[name])]
    return f"{table.height:,} rows of {table.width} columns, columns that differ: {wrong or 'none'}"


PROGRAMS: dict[str, tuple[bool, str, Callable[[Path, Path], str]]] = {
    "prometheus": (prometheus_program.IS_HERE, "promtool --version", prometheus),
    "victoriametrics": (
        victoriametrics.IS_HERE,
        "dpkg-query -W victoria-metrics",
        victoria,
    ),
    "influx": (influxdb.IS_HERE, "influxd version", influx),
    "postgres": (postgresql.IS_HERE, "psql --version", postgres),
    "clickhouse": (
        clickhouse.IS_HERE or "CHDB" in os.environ,
        f"{CHDB} -c \"import chdb as c; print('chdb',c.__version__, c.query('select version()'))\"",
        click,
    ),
}


def main() -> None:
    """Print a line for each program."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        capgen.build(make_config(layers={"missing": {"share": {"cpu": 0.02}}}), data)
        for name, (is_here, version, prove) in PROGRAMS.items():
            if not is_here:
                print(f"{name:16} not installed")
                continue
            asked = subprocess.run(["sh", "-c", version], capture_output=True, text=True)
            said = asked.stdout.strip().splitlines()[0]
            started = time.monotonic()
            room = Path(folder) / name
            room.mkdir()
            told = prove(data, room)
            print(f"{name:16} {told}, {time.monotonic() - started:.0f} s ({said})", flush=True)


if __name__ == "__main__":
    main()
