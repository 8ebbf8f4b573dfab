"""The facts of `realism_targets.csv`, measured on a panel: a value a server, or a pair of them."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from capgen import Config, scan

Floats = NDArray[np.float64]
Facts = dict[tuple[str, str], Floats]

HOURS_A_DAY = 24
LAGS = (1, 6, 24, 168)
LEAST_CPU = 1.0  # percent: Bitbrains' servers with a lower mean were left out too
_MANY_SDS = 3


def measure(config: Config) -> Facts:
    """Return all facts of an hourly panel, by subject and name."""
    return facts_of(config, scan(config).sort("server_id", "timestamp").collect())


def facts_of(config: Config, panel: pl.DataFrame) -> Facts:
    """Return all facts of an hourly panel that was made, sorted by server and time."""
    keys = list(config.metrics)
    columns = [config.metrics[key].column for key in keys]
    shape = (config.num_servers, panel.height // config.num_servers)
    values = {
        key: panel[column].cast(pl.Float64).fill_null(np.nan).to_numpy().reshape(shape)
        for key, column in zip(keys, columns, strict=True)
    }
    is_weekend = panel["is_weekend"].to_numpy().reshape(shape) == 1
    facts = {("missing", name): value for name, value in missing(values["cpu"]).items()}
    active = np.nanmean(values["cpu"], axis=1) >= LEAST_CPU
    values = {key: of_metric[active] for key, of_metric in values.items()}
    for key, of_metric in values.items():
        facts |= {
            (key, name): value for name, value in of_one(of_metric, is_weekend[active]).items()
        }
    ranks = {key: ranked(of_metric) for key, of_metric in values.items()}
    for first, second in combinations(keys, 2):
        facts[f"{first}~{second}", "linear"] = correlations(values[first], values[second])
        facts[f"{first}~{second}", "rank"] = correlations(ranks[first], ranks[second])
    facts["cpu", "between servers"] = between(values["cpu"])
    return facts


def of_one(values: Floats, is_weekend: NDArray[np.bool_]) -> dict[str, Floats]:
    """Return the facts of one metric, from shape (servers, hours)."""
    mean, deviations, variance = moments(values)
    mean = np.where(mean > 0, mean, np.nan)
    sd = np.sqrt(variance)
    return {
        "cv": sd / mean,
        "skew": np.nanmean(deviations**3, axis=1) / sd**3,
        "P99/mean": np.nanquantile(values, 0.99, axis=1) / mean,
        "% > mean + 3 sd": 100
        * np.nanmean(np.where(np.isnan(values), np.nan, deviations > _MANY_SDS * sd[:, None]), 1),
        **{
            f"AC {lag} h": autocorrelation(deviations, variance, lag)
            for lag in LAGS
            if lag < values.shape[1]
        },
        "hour-of-day R²": explained_by_hour(deviations, variance),
        "weekend/weekday": _mean_where(values, is_weekend) / _mean_where(values, ~is_weekend),
        "sd of log mean": np.array([np.nanstd(np.log(mean))]),
    }


def moments(values: Floats) -> tuple[Floats, Floats, Floats]:
    """Return mean, deviations and variance of each server; equal values have no variance."""
    mean = np.nanmean(values, axis=1)
    deviations = values - mean[:, None]
    variance = np.nanmean(deviations**2, axis=1)
    return mean, deviations, np.where(variance > 0, variance, np.nan)


def autocorrelation(deviations: Floats, variance: Floats, lag: int) -> Floats:
    """Return each server's autocorrelation at a lag, over the hours that have both values."""
    both: Floats = np.nanmean(deviations[:, :-lag] * deviations[:, lag:], axis=1)
    return both / variance


def explained_by_hour(deviations: Floats, variance: Floats) -> Floats:
    """Return the share of each server's variance that its means of the hours of the day have."""
    by_day = deviations.reshape(len(deviations), -1, HOURS_A_DAY)
    counts = np.sum(~np.isnan(by_day), axis=1)
    explained: Floats = np.sum(counts * np.nanmean(by_day, axis=1) ** 2, axis=1) / np.sum(
        counts, axis=1
    )
    return explained / variance


def correlations(first: Floats, second: Floats) -> Floats:
    """Return each server's correlation of two metrics."""
    _, left, left_variance = moments(first)
    _, right, right_variance = moments(second)
    both: Floats = np.nanmean(left * right, axis=1)
    return both / np.sqrt(left_variance * right_variance)


def ranked(values: Floats) -> Floats:
    """Return each server's ranks, ties in the middle."""
    ranks = [
        pl.Series(row).fill_nan(None).rank("average").fill_null(np.nan).to_numpy() for row in values
    ]
    return np.array(ranks, np.float64)


def between(values: Floats) -> Floats:
    """Return the correlation of each pair of servers."""
    _, deviations, variance = moments(values)
    standard = np.nan_to_num(deviations / np.sqrt(variance)[:, None])
    present = (~np.isnan(values)).astype(np.float64)
    every: Floats = standard @ standard.T / (present @ present.T)
    return every[np.triu_indices(len(every), 1)]


def missing(values: Floats) -> dict[str, Floats]:
    """Return how many cells are missing, and the part of them that is missing from all servers."""
    lost = np.isnan(values)
    everywhere = lost.all(axis=0).sum() * len(lost)
    return {
        "% of cells": np.array([100 * lost.mean()]),
        "% fleet-wide": np.array([100 * everywhere / max(lost.sum(), 1)]),
    }


def _mean_where(values: Floats, wanted: NDArray[np.bool_]) -> Floats:
    mean: Floats = np.nanmean(np.where(wanted, values, np.nan), axis=1)
    return np.where(mean > 0, mean, np.nan)
