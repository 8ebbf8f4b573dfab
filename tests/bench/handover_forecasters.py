"""Hands a panel with gaps over to each forecaster and detector, and loads it with the real one.

Every value is compared with the panel's own, to the bit, with its timestamp. Run it as
`python -m tests.bench.handover_forecasters [FOLDER]`; it makes virtual environments, which takes
minutes. With FOLDER they are kept there, and used again.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

import capgen
from capgen.handover.destinations import destination_of

REPOSITORY = Path(__file__).parents[2]
METRIC = "cpu_p95"
CALENDAR = ("hour", "month", "quarter", "dayofweek", "is_weekend", "is_eoq", "is_holiday")
# What is installed, and what without its dependencies: those would be some gigabytes.
_AUTOGLUON = ("timeseries", "common", "core", "features", "tabular")
ENVIRONMENTS: Mapping[str, tuple[str, str]] = {
    "forecasters": ("utilsforecast statsforecast gluonts darts prophet", ""),
    "autogluon": (
        "pandas<3 numpy scipy scikit-learn joblib psutil tqdm networkx boto3 pydantic fsspec "
        "packaging toolz typing_extensions",
        " ".join(["gluonts", *(f"autogluon.{part}" for part in _AUTOGLUON)]),
    ),
    "detectors": ("timeeval pyarrow<20", "TSB-AD"),
}
PROGRAMS = {
    "nixtla": "forecasters",
    "gluonts": "forecasters",
    "darts": "forecasters",
    "prophet": "forecasters",
    "autogluon": "autogluon",
    "timeeval": "detectors",
    "tsb-ad": "detectors",
}
DETECTORS = {"timeeval", "tsb-ad"}
# Rows that are absent in each second night, beside nulls, outages, and servers that are born.
WHERE = "hour(timestamp) not in (2, 3) or day(timestamp) % 2 = 0"
PANEL: dict[str, Any] = {
    "num_servers": 20,
    "granularity": "hourly",
    "start_date": "2024-01-01",
    "end_date": "2024-03-31",
    "truth": True,
    "layers": {
        "missing": {"server_outages": {"per_year": 12, "mean_hours": 20}},
        "server_life": {
            "first_day": "2024-01-10",
            "last_day": "2024-03-20",
            "born_share": 0.2,
            "retired_share": 0.2,
        },
        "events": {
            "random": {
                "rush": {
                    "type": "surge",
                    "scope": "server",
                    "per_year": 20,
                    "mean_hours": 10,
                    "magnitude": 1.5,
                    "metrics": ["cpu"],
                }
            }
        },
    },
}


def main() -> None:
    """Load the panel with each program, and print what was compared."""
    os.environ.setdefault("PIP_DISABLE_PIP_VERSION_CHECK", "1")
    with tempfile.TemporaryDirectory() as name:
        room = Path(name)
        kept = Path(sys.argv[1]).absolute() if sys.argv[1:] else room
        config = capgen.load_config(preset="telemetry", overrides=PANEL, environment={})
        capgen.build(config, room / "panel")
        expected_rows(room)
        pythons = {name: environment(kept / name, *ENVIRONMENTS[name]) for name in ENVIRONMENTS}
        failures = [each for each in PROGRAMS if not load(room, each, pythons[PROGRAMS[each]])]
    raise SystemExit(f"failed: {', '.join(failures)}" if failures else 0)


def expected_rows(room: Path) -> None:
    """Write what each program must have, worked out without the code that hands rows over."""
    rows = capgen.query(f"from panel where {WHERE} order by server_id, timestamp", room / "panel")
    grid = rows.upsample("timestamp", every="1h", group_by="server_id").with_columns(
        pl.col("server_id").forward_fill()
    )
    calendar = capgen.scan(room / "panel").select("timestamp", *CALENDAR[1:]).unique().collect()
    whole = grid.select("server_id", "timestamp", METRIC).join(calendar, on="timestamp", how="left")
    moment = pl.col("timestamp")
    known = moment.filter(pl.col(METRIC).is_not_null())
    is_alive = moment.is_between(known.min().over("server_id"), known.max().over("server_id"))
    alive = whole.with_columns(moment.dt.hour().alias("hour")).filter(is_alive)
    alive.sort("server_id", "timestamp").write_parquet(room / "grid.parquet")
    struck = pl.col("event_id").is_not_null() | pl.col("outlier_metrics").cast(
        pl.String
    ).str.contains(METRIC, literal=True).fill_null(value=False)
    labelled = rows.drop_nulls(METRIC).select(
        "server_id", "timestamp", METRIC, struck.cast(pl.Int8).alias("label")
    )
    labelled.write_parquet(room / "labelled.parquet")


def environment(folder: Path, packages: str, alone: str) -> Path:
    """Return the Python of a virtual environment, which is made where there is none."""
    python = folder / "bin/python"
    if python.exists():
        return python
    venv.create(folder, with_pip=True)
    install = [str(python), "-m", "pip", "install", "-q"]
    for words in (["pyarrow", "pandas", *packages.split()], ["--no-deps", *alone.split()]):
        if words != ["--no-deps"]:
            subprocess.run([*install, *words], check=True, capture_output=True)
    return python


def load(room: Path, name: str, python: Path) -> bool:
    """Hand the panel over to a program, load it there, and print what it says."""
    out = room / name
    hand_over(room / "panel", name, out)
    lines = room / f"{name}.txt"
    loading = destination_of(name).loading
    ids = sorted(path.stem for path in (out / METRIC).glob("*.csv"))
    lines.write_text(loading.replace("DATA", str(out)).replace("server_000", ids[0] if ids else ""))
    expected = room / ("labelled.parquet" if name in DETECTORS else "grid.parquet")
    module = f"tests.bench.handed.{name.replace('-', '_')}"
    command = [str(python), "-W", "ignore", "-m", module, str(out), str(lines), str(expected)]
    ended = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    told = ended.stdout if ended.returncode == 0 else f"{name} FAILED\n{ended.stderr}"
    print(told.strip().splitlines()[-1] if ended.returncode == 0 else told, flush=True)
    return ended.returncode == 0


def hand_over(panel: Path, name: str, out: Path) -> None:
    """Hand the panel over: whole, and for forecasters that are asked to, cut as well."""
    wanted: dict[str, Any] = {"metrics": ["cpu"], "where": WHERE}
    if name in DETECTORS:
        wanted["anomalies"] = ["events", "outliers"]
    capgen.hand_over(panel, name, out, **wanted)
    if name == "nixtla":
        capgen.hand_over(panel, name, out / "cut", **wanted, until="2024-02-29")


if __name__ == "__main__":
    main()
