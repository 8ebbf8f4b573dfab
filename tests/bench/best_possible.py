"""Whether any forecaster beats the best possible forecast, on five configurations.

Run `FORECASTERS_PYTHON=… python -m tests.bench.best_possible`: a Python that has what
`forecasters.py` needs. Of each configuration some servers' cpu is forecast a week ahead.
Printed are each model's ratios to the best possible forecast, and by how many standard
errors its losses are higher: those of the days of all servers, in pairs. Below −3 a model beats
what cannot be beaten: a bug.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

import capgen
from capgen import Config, load_config
from capgen.foresight.oracle import oracle
from capgen.layers.library.writing import library_bytes
from tests.bench.measuring import versions
from tests.libraries import make_library

FORECASTERS = Path(__file__).with_name("forecasters.py")
SERVERS = 5
MOMENTS = (datetime(2024, 2, 19),)
PAST = timedelta(days=21)
AHEAD = timedelta(days=7)
DRAWS = 500
NAIVE = "seasonal naive"
MODELS = ("AutoETS", "AutoARIMA", "LightGBM", NAIVE)
LOWEST = -3.0  # standard errors
LOSSES = ("absolute error", "squared error", "pinball 0.05", "pinball 0.95")
QUANTILES = {"pinball 0.05": ("lo", 0.05), "pinball 0.95": ("hi", 0.95)}
KEYS = ["server_id", "timestamp"]
ARCHETYPES = ("web", "application", "database", "batch")
SLOW = {"half_life_hours": 12, "share": {"cpu": 0.7, "mem": 0.7, "disk": 0.5, "net_in": 0.7}}


def configurations(folder: Path) -> dict[str, Config]:
    """Return the panels, by what makes them hard.

    Args:
        folder: for the library of one of them.
    """
    library = folder / "fleet.library.parquet"
    library.write_bytes(library_bytes(make_library(SERVERS)))
    slow = {name: {"noise_parts": {"slow": SLOW}} for name in ARCHETYPES}
    return {
        "default (independent noise)": _config(),
        "noise that remembers for 12 hours": _config(archetypes=slow),
        "preset telemetry (levels, gaps, outliers)": _config("telemetry"),
        "preset realistic (states, memory, events)": _config("realistic"),
        "servers of a library": _config(layers={"library": {"file": str(library)}}),
    }


def _config(preset: str = "default", **keys: Any) -> Config:
    window = {"num_servers": SERVERS, "start_date": "2024-01-01", "end_date": "2024-02-25"}
    overrides = {**window, "granularity": "hourly", **keys}
    return load_config(preset=preset, environment={}, overrides=overrides)


def forecasts(data: Path, moment: datetime, python: str, folder: Path) -> Path:
    """Return a file with what the forecasters say of a week from a moment on.

    Args:
        data: folder of the panel.
        moment: the first step that they do not know.
        python: that has their libraries.
        folder: for the file.
    """
    known = pl.col("timestamp").is_between(moment - PAST, moment, closed="left")
    past = capgen.scan(data).filter(known).select(*KEYS, value="cpu_p95").collect()
    source = folder / "past.parquet"
    past.write_parquet(source)
    out = folder / f"forecasts-{moment:%m-%d}.parquet"
    hours = AHEAD // timedelta(hours=1)
    subprocess.run([python, FORECASTERS, source, str(hours), out], check=True)
    return out


def pairs(data: Path, moment: datetime, file: Path) -> pl.DataFrame:
    """Return by how much each model's losses are higher than the best possible, by server and day.

    Args:
        data: folder of the panel.
        moment: the first step that the models do not know.
        file: of their forecasts.
    """
    said = pl.read_parquet(file)
    rows = capgen.scan(data).select(*KEYS, y="cpu_p95").collect()
    week_before = rows.select("server_id", pl.col("timestamp") + AHEAD, **{NAIVE: "y"})
    best = oracle(data, moment, (0.05, 0.95), draws=DRAWS, metrics=["cpu"]).collect()
    cells = (
        rows.join(said, on=KEYS)
        .join(week_before, on=KEYS)
        .join(best, on=KEYS)
        .drop_nulls("y")
        .with_columns(day=pl.col("timestamp").dt.date())
    )
    higher = {
        f"{model}: {loss}": _loss(model, loss) - _loss_of_best(loss)
        for model in MODELS
        for loss in LOSSES
        if loss not in QUANTILES or f"{model}-lo-90" in cells.columns
    }
    return cells.group_by("server_id", "day").agg(
        expression.mean().alias(name) for name, expression in higher.items()
    )


def _loss(model: str, loss: str) -> pl.Expr:
    if loss in QUANTILES:
        side, level = QUANTILES[loss]
        return _pinball(f"{model}-{side}-90", level)
    error = pl.col("y") - pl.col(model)
    return error.abs() if loss == "absolute error" else error**2


def _loss_of_best(loss: str) -> pl.Expr:
    if loss in QUANTILES:
        level = QUANTILES[loss][1]
        return _pinball(f"oracle-q{level:g}", level)
    if loss == "absolute error":
        return (pl.col("y") - pl.col("oracle-q0.5")).abs()
    return (pl.col("y") - pl.col("oracle")) ** 2


def _pinball(column: str, level: float) -> pl.Expr:
    missed = pl.col("y") - pl.col(column)
    return pl.max_horizontal(level * missed, (level - 1) * missed)


def report(name: str, config: Config, python: str, folder: Path) -> bool:
    """Print a configuration's ratios, and tell whether nothing beats the best possible.

    Args:
        name: of the configuration.
        config: of the panel.
        python: that has the forecasters' libraries.
        folder: for the panel and the forecasts.
    """
    data = folder / "data"
    capgen.build(config, data)
    higher = []
    cards = []
    for moment in MOMENTS:
        file = forecasts(data, moment, python, folder)
        higher.append(pairs(data, moment, file))
        cards.append(capgen.score(file, data, metrics=["cpu"], draws=DRAWS).table)
    print(f"\n{name}")
    overall = pl.concat(cards).filter(metric="cpu", archetype="all", horizon="all")
    ratios = (
        overall.drop_nulls("times_best")
        .group_by("model", "score", maintain_order=True)
        .agg(times=pl.col("times_best").mean(), naive=(pl.col("naive") / pl.col("best")).mean())
    )
    for model, score, times, naive in ratios.iter_rows():
        print(f"  {model:10} {score:12} {times:6.3f} × best; seasonal naive {naive:6.3f} ×")
    days = pl.concat(higher)
    lowest = {}
    for column in days.columns[2:]:
        values = days[column].drop_nulls().drop_nans()
        lowest[column] = _mean(values) / (_sd(values) / len(values) ** 0.5)
    said = ", ".join(f"{column} {errors:+.1f}" for column, errors in lowest.items())
    print(f"  standard errors above the best, {days.height} days of servers: {said}", flush=True)
    return all(errors > LOWEST for errors in lowest.values())


def _mean(values: pl.Series) -> float:
    return float(values.to_numpy().mean())


def _sd(values: pl.Series) -> float:
    return float(values.to_numpy().std(ddof=1))


def main() -> int:
    """Print all configurations; return 1 if a forecaster beats the best possible."""
    python = os.environ["FORECASTERS_PYTHON"]
    print(versions(), flush=True)
    beaten = []
    with tempfile.TemporaryDirectory() as room:
        for number, (name, config) in enumerate(configurations(Path(room)).items()):
            folder = Path(room) / str(number)
            folder.mkdir()
            if not report(name, config, python, folder):
                beaten.append(name)
    print(f"\nthe best possible is beaten in: {', '.join(beaten) or 'none'}")
    return 1 if beaten else 0


if __name__ == "__main__":
    raise SystemExit(main())
