"""Estimates from a panel compared with what was configured, within their standard errors."""

from __future__ import annotations

import math
from decimal import Decimal

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]
STANDARD_ERRORS = 4


def check_close(estimate: float, true: float, standard_error: float) -> None:
    assert abs(estimate - true) < STANDARD_ERRORS * standard_error, (estimate, true, standard_error)


def check_mean(values: Floats, true: float) -> None:
    check_close(float(values.mean()), true, float(values.std()) / math.sqrt(values.size))


def check_sd(values: Floats, true: float) -> None:
    scaled = (values - values.mean()) / values.std()
    error = math.sqrt((float((scaled**4).mean()) - 1) / values.size) * float(values.std()) / 2
    check_close(float(values.std()), true, error)


def check_share(count: int | float | Decimal, cells: int, true: float) -> None:
    check_close(float(count) / cells, true, math.sqrt(true * (1 - true) / cells))


def check_correlation(first: Floats, second: Floats, true: float) -> None:
    check_close(
        float(np.corrcoef(first, second)[0, 1]), true, (1 - true**2) / math.sqrt(first.size)
    )


def within_errors(of_servers: Floats, expected: Floats | float) -> None:
    """Check the mean of a statistic of independent servers, shape (servers, …), by its spread."""
    errors = of_servers.std(axis=0, ddof=1) / np.sqrt(len(of_servers))
    off = np.abs(of_servers.mean(axis=0) - expected) / errors
    assert off.max() < STANDARD_ERRORS, (of_servers.mean(axis=0), expected, off)


def present(values: pl.Series) -> Floats:
    array: Floats = values.drop_nulls().to_numpy()
    return array


def runs(flags: NDArray[np.bool_]) -> list[int]:
    """Return the lengths of the runs of True that end inside, row by row."""
    edges = np.diff(np.pad(flags, ((0, 0), (1, 0))).astype(np.int8), axis=1)
    found = []
    for row in edges:
        starts = np.flatnonzero(row == 1)
        stops = np.flatnonzero(row == -1)
        found += list(stops - starts[: stops.size])
    return found
