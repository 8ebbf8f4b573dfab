"""Forecasts of other libraries, for `best_possible`: run by a Python that has them.

`python forecasters.py PAST AHEAD OUT`: PAST is a Parquet file of server_id, timestamp and value, of
one metric on a full grid of hours; OUT gets the next AHEAD hours, a column a model.
Needs statsforecast, lightgbm, polars and pyarrow.
"""

from __future__ import annotations

import sys
import warnings
from datetime import timedelta
from importlib import import_module
from typing import Any

import numpy as np
import polars as pl

HOUR = timedelta(hours=1)
DAY = 24
WEEK = 168
LAGS = (1, 2, 3, 24, 25, 168)
TREES = {"n_estimators": 200, "num_leaves": 15, "learning_rate": 0.05, "verbose": -1, "n_jobs": 1}


SMALL = {"max_p": 2, "max_q": 2, "max_P": 1, "max_Q": 1, "nmodels": 12}


def of_statistics(past: pl.DataFrame, ahead: int) -> pl.DataFrame:
    """Return forecasts of AutoETS and AutoARIMA, with their intervals of 90 %."""
    models = import_module("statsforecast.models")
    library = import_module("statsforecast")
    engine = library.StatsForecast(
        models=[
            models.AutoETS(season_length=DAY),
            models.AutoARIMA(season_length=DAY, approximation=True, **SMALL),
        ],
        freq="1h",
        n_jobs=1,
    )
    named = past.rename({"server_id": "unique_id", "timestamp": "ds", "value": "y"})
    found = engine.forecast(df=named.to_pandas(), h=ahead, level=[90])
    return pl.from_pandas(found).rename({"unique_id": "server_id", "ds": "timestamp"})


def of_trees(past: pl.DataFrame, ahead: int) -> pl.DataFrame:
    """Return forecasts of boosted trees on lags, hour and weekday, step by step."""
    trees = import_module("lightgbm")
    servers = past["server_id"].unique().sort().to_list()
    wide = past.pivot("server_id", index="timestamp", values="value").sort("timestamp")
    values = wide.select(servers).to_numpy()
    first = wide["timestamp"][0]
    rows = [_features(values, at, first) for at in range(WEEK, len(values))]
    learnt = trees.LGBMRegressor(**TREES)
    learnt.fit(np.concatenate(rows), values[WEEK:].ravel(), categorical_feature=[0, 1, 2])
    for _ in range(ahead):
        following = learnt.predict(_features(values, len(values), first))
        values = np.vstack([values, following])
    last = wide["timestamp"][-1]
    stamps = pl.Series("timestamp", [last + (hour + 1) * HOUR for hour in range(ahead)])
    found = pl.DataFrame(values[-ahead:], schema=servers).with_columns(stamps)
    return found.unpivot(index="timestamp", variable_name="server_id", value_name="LightGBM")


def _features(values: np.ndarray[Any, Any], at: int, first: Any) -> np.ndarray[Any, Any]:
    """Return the features of all servers at a step: server, hour, weekday, and lags."""
    servers = values.shape[1]
    moment = first + at * HOUR
    fixed = [np.arange(servers), np.full(servers, moment.hour), np.full(servers, moment.weekday())]
    lags = [values[at - lag] for lag in LAGS]
    weekly = [values[at - WEEK : at].mean(axis=0)]
    return np.stack([*fixed, *lags, *weekly], axis=1)


def main() -> None:
    """Write the forecasts."""
    source, ahead, out = sys.argv[1:]
    warnings.simplefilter("ignore")  # of fits that hardly converge
    past = pl.read_parquet(source).sort("server_id", "timestamp")
    whole = past.with_columns(
        pl.col("value").interpolate().forward_fill().backward_fill().over("server_id")
    )
    of_all = of_statistics(whole, int(ahead)).join(
        of_trees(whole, int(ahead)), on=["server_id", "timestamp"]
    )
    of_all.with_columns(metric=pl.lit("cpu")).write_parquet(out)


if __name__ == "__main__":
    main()
