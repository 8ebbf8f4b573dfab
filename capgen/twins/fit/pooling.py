"""Servers with too few values: each takes what a server like it has, whole, at its own levels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from capgen.draws.arrays import Floats
from capgen.twins.fit.server import FittedServer

_SHARES = (0.1, 0.5, 0.9)
_SMALL = 1e-6


def shape_of(values: Floats) -> Floats:
    """Return what servers are told apart by: logarithms of some quantiles of each metric.

    Args:
        values: shape (metrics, steps), NaN where missing.

    Returns:
        Shape (features,); 0 for a metric without a value.
    """
    found = np.zeros((len(values), len(_SHARES)))
    for of_metric, quantiles in zip(values, found, strict=True):
        known = of_metric[np.isfinite(of_metric)]
        if len(known):
            quantiles[:] = np.log(np.quantile(known, _SHARES) + _SMALL)
    return found.reshape(-1)


def pooled(
    shapes: Sequence[Floats], levels: Sequence[Floats], fitted: Sequence[FittedServer | None]
) -> list[FittedServer]:
    """Return all servers, those that could not be fitted with what the most similar one has.

    Args:
        shapes: of the servers, as `shape_of` returns them.
        levels: mean of each metric of the servers.
        fitted: what is known of them; None where values are too few.
    """
    every = np.stack(shapes)
    known = np.array([each is not None for each in fitted])
    spreads = np.maximum(every[known].std(axis=0), _SMALL)
    found = []
    for shape, level, server in zip(every, levels, fitted, strict=True):
        if server is None:
            away = (((every - shape) / spreads) ** 2).sum(axis=1)
            nearest = fitted[int(np.where(known, away, np.inf).argmin())]
            assert nearest is not None
            server = _at_level(nearest, level)
        found.append(server)
    return found


def _at_level(server: FittedServer, levels: Floats) -> FittedServer:
    ratios = np.where(server.levels > 0, levels / np.maximum(server.levels, _SMALL), 1.0)
    return replace(server, levels=levels, curves=server.curves * ratios[:, None, None])
