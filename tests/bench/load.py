"""What `capgen load` costs beside DuckDB's own copy of the same long CSV to Parquet, in one run.

Run `python -m tests.bench.load [SERVERS]`; 500 servers, by default, have 60 M lines: a sample of
each of five metrics every five minutes for three months. It takes some minutes, and 7 GB of disk
for a while. Times of one run compare with each other only: machines differ, and are shared.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import duckdb

from tests.bench.measuring import Measured, measure_command, versions, written

SERVERS = 500
STEPS = 92 * 288
METRICS = ("cpu", "mem", "disk", "net_in", "net_out")
SAMPLES = """
copy (
    select
        strftime(timestamp '2024-01-01' + to_minutes(5 * step), '%Y-%m-%d %H:%M:%S') as timestamp,
        'srv-' || lpad(server::varchar, 4, '0') as host,
        metric,
        round(50 + 40 * sin(server + step / 23.0) + hash(server, step, metric) % 1000 / 100.0, 2)
            as value
    from
        range($steps) as steps (step),
        range($servers) as servers (server),
        (select unnest($metrics) as metric)
) to '{file}' (header)
"""
COPY = "copy (select * from read_csv('{source}')) to '{file}'"
MAPPING = """
shape: long
server: {column: host}
long: {name: metric}
metrics:
"""


def make(folder: Path, servers: int) -> tuple[Path, Path]:
    """Write the exports and their mapping."""
    file = folder / "long.csv"
    parameters = {"steps": STEPS, "servers": servers, "metrics": METRICS}
    with duckdb.connect() as connection:
        connection.execute(SAMPLES.format(file=file), parameters)
    mapping = folder / "mapping.yaml"
    lines = "".join(f"  {name}: {{name: {name}, unit: percent}}\n" for name in METRICS)
    mapping.write_text(MAPPING + lines, encoding="utf-8")
    return file, mapping


def copied(source: Path, file: Path) -> Measured:
    """Let DuckDB copy the exports to Parquet."""
    statement = COPY.format(source=source, file=file)
    return measure_command([sys.executable, "-c", f"import duckdb; duckdb.sql({statement!r})"])


def loaded(source: Path, mapping: Path, out: Path, *more: str) -> Measured:
    """Load the exports."""
    command = [sys.executable, "-m", "capgen", "load", str(source), "--as", str(mapping)]
    return measure_command([*command, "--out", str(out), *more])


def line(name: str, cost: Measured, lines: int, beside: Measured) -> str:
    """Return what something cost as a line of the table."""
    wall = cost["wall_seconds"]
    speed = f"{lines / wall / 1e6:9.2f} {beside['wall_seconds'] / wall:8.2f}"
    times = f"{wall:7.1f} {cost['processor_seconds']:12.1f}"
    return f"{name:16} {times} {speed} {cost['peak_megabytes']:8.0f}"


def main() -> None:
    """Print a table, with versions."""
    servers = int(sys.argv[1]) if len(sys.argv) > 1 else SERVERS
    print(f"{versions()}\n")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        source, mapping = make(folder, servers)
        lines = servers * STEPS * len(METRICS)
        print(f"{lines:,} lines, {source.stat().st_size / 1e9:.1f} GB of CSV\n")
        print(f"{'':16} {'wall s':>7} {'processor s':>12} {'M lines/s':>9} {'of copy':>8} peak MB")
        copy = copied(source, folder / "copy.parquet")
        print(line("duckdb copy", copy, lines, copy), flush=True)
        (folder / "copy.parquet").unlink()
        for name, more in (("load", ()), ("load --to hourly", ("--to", "hourly"))):
            cost = loaded(source, mapping, folder / name.replace(" ", ""), *more)
            rows, size = written(folder / name.replace(" ", ""))
            print(
                f"{line(name, cost, lines, copy)}  {rows:,} rows, {size / 1e6:.0f} MB", flush=True
            )


if __name__ == "__main__":
    main()
