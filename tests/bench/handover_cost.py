"""What it costs to hand over 4.2 million rows, beside CSV in the same run: time and memory.

120 servers, hourly, four years: 4,207,680 rows of five metrics. Each case is a process of its own;
processor time includes its start. The workbook has a million rows, as a sheet holds no more.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import capgen
from tests.bench.build_cost import SCRIPT
from tests.bench.measuring import child_environment
from tests.conftest import make_config

CASES: dict[str, list[str]] = {
    "csv": ["panel.csv"],
    "csv.gz": ["panel.csv.gz"],
    "parquet": ["panel.parquet"],
    "ndjson": ["panel.ndjson"],
    "json": ["panel.json"],
    "xlsx": ["panel.xlsx", "--rows=1000000"],
    "prometheus": ["--for=prometheus", "--out=panel.om"],
    "influx": ["--for=influx", "--out=panel.lp"],
    "otlp": ["--for=otlp", "--out=panel.jsonl"],
    "victoriametrics": ["--for=victoriametrics", "--out=victoria"],
    "postgres": ["--for=postgres", "--out=postgres"],
    "clickhouse": ["--for=clickhouse", "--out=clickhouse"],
}
LEFT_OUT = {"csv.gz", "parquet"}  # no text of its own; asked for by name


def measure(data: Path, words: Sequence[str]) -> dict[str, float]:
    """Export in a process of its own and return what it cost, start-up included."""
    with tempfile.TemporaryDirectory(dir=data.parent) as folder:
        command = [sys.executable, "-c", SCRIPT, "export", str(data), *words, "--json"]
        environment = {**child_environment(), "PYTHONPATH": os.getcwd()}  # noqa: PTH109
        result = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=True
        )
    told, cost = (json.loads(line) for line in result.stdout.splitlines()[-2:])
    return {**told, **cost}


def table_line(name: str, cost: Mapping[str, float]) -> str:
    """Return a case's line of the table."""
    return (
        f"{name:16} {cost['rows']:10,.0f} "
        f"{cost['processor_seconds'] / cost['rows'] * 1e9:7.0f} "
        f"{cost['bytes'] / cost['rows']:6.0f} {cost['peak_megabytes']:8.0f} "
        f"{cost['seconds']:7.1f}"
    )


def main() -> None:
    """Print a table of the cases that are asked for; by default of all texts."""
    chosen = sys.argv[1:] or [name for name in CASES if name not in LEFT_OUT]
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        capgen.build(make_config(num_servers=120, granularity="hourly"), data)
        print(f"{'to':16} {'rows':>10} {'ns/row':>7} {'B/row':>6} {'peak MB':>8} {'wall s':>7}")
        for name in chosen:
            print(table_line(name, measure(data, CASES[name])), flush=True)


if __name__ == "__main__":
    main()
