"""Libraries of invented servers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from capgen.layers.gaps import Gaps
from capgen.layers.library.schema import COLUMNS, SCORES, ZERO, Facts
from capgen.layers.library.table import Library

DRAWN = ("cpu", "mem", "disk", "net_in")
FACTS = Facts(
    metrics=DRAWN,
    states=3,
    kinds=2,
    half_lives=(0.0, 2.0, 12.0, 72.0, 400.0),
    fleet_gaps=Gaps(per_year=5, mean_hours=4),
)


def make_library(rows: int = 6, facts: Facts = FACTS, seed: int = 1, **columns: Any) -> Library:
    """Return a library of random servers.

    Args:
        rows: number of servers.
        facts: what they share.
        seed: of the servers.
        columns: stored numbers to put in place of random ones; broadcast.
    """
    random = np.random.default_rng(seed)
    found = {
        "chances": _percentages(random, rows, *COLUMNS["chances"].shape(facts)),
        "stickiness": random.integers(200, 980, (rows, facts.states)),
        "kinds": _percentages(random, rows, *COLUMNS["kinds"].shape(facts)),
        "kind_stickiness": random.integers(0, 80, (rows, facts.kinds)),
        "levels": np.exp(random.normal(3, 0.5, (rows, len(facts.metrics)))).round(3),
        "quantiles": _quantiles(random, rows, facts),
        "season": random.integers(-8, 9, (rows, *COLUMNS["season"].shape(facts))),
        "noise_scale": np.full((rows, len(facts.metrics)), 85),
        "noise": _noise(random, rows, facts),
        "resolution": random.choice([0, 0.05, 0.1, 1], (rows, len(facts.metrics))),
        "missing": random.integers(0, 200, (rows, len(facts.metrics))),
        "outages": np.stack([random.uniform(1, 20, rows), random.uniform(2, 9, rows)], 1),
    }
    for name, wanted in columns.items():
        found[name] = np.broadcast_to(wanted, found[name].shape)
    stored = {name: found[name].astype(column.dtype) for name, column in COLUMNS.items()}
    types = [("web", "batch")[row % 2] for row in range(rows)]
    return Library(facts, stored, {"server_type": types})


def _percentages(random: np.random.Generator, *shape: int) -> NDArray[Any]:
    weights = random.gamma(0.7, 1, shape) + 0.01
    bounds = np.cumsum(weights / weights.sum(-1, keepdims=True), -1)
    return np.diff(np.round(100 * bounds), axis=-1, prepend=0)


def _quantiles(random: np.random.Generator, rows: int, facts: Facts) -> NDArray[Any]:
    shape = (rows, len(facts.metrics), facts.states, 1)
    medians = random.normal(0, 0.4, shape)
    found = np.round(1000 * (medians + random.uniform(0.05, 0.4, shape) * SCORES))
    found[0, 0, 0, :3] = ZERO
    return found


def _noise(random: np.random.Generator, rows: int, facts: Facts) -> NDArray[Any]:
    metrics = len(facts.metrics)
    factors = random.normal(0, 1, (rows, len(facts.half_lives), metrics, metrics))
    factors *= np.tril(np.ones((metrics, metrics)))
    factors /= np.sqrt((factors**2).sum((1, 3)))[:, None, :, None]
    pairs = np.tril_indices(metrics)
    return np.round(100 * factors[:, :, pairs[0], pairs[1]])
