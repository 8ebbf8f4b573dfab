"""Encodes fitted servers as a library: small integers, in the order of its schema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from capgen.draws.arrays import Floats
from capgen.layers.library.schema import COLUMNS, WEEK, ZERO, Facts
from capgen.layers.library.table import Library
from capgen.timeline.epoch import HOURS_PER_DAY
from capgen.twins.fit.gaps import ServerGaps
from capgen.twins.fit.noise import noise_factors
from capgen.twins.fit.server import FittedServer

_SMALLEST_LOGARITHM = -30_000  # thousandths: smaller shares of the level are 0
_DIGITS = 6  # of a level
_SMALLEST_LEVEL = 1e-12


def library_of(
    servers: Sequence[FittedServer],
    gaps: Sequence[ServerGaps],
    facts: Facts,
    labels: Mapping[str, Sequence[str]],
) -> Library:
    """Return fitted servers as a library, one row each.

    Args:
        servers: what is known of them.
        gaps: what they lack.
        facts: what they share.
        labels: texts by label, one a row.
    """
    noise = noise_factors([server.noise for server in servers])
    rows = [_row(*each) for each in zip(servers, gaps, noise, strict=True)]
    columns = {}
    for name, column in COLUMNS.items():
        stored = np.stack([row[name] for row in rows])
        columns[name] = np.clip(stored, column.lowest, column.highest).astype(column.dtype)
    return Library(facts, columns, labels)


def _row(server: FittedServer, gaps: ServerGaps, noise: Floats) -> dict[str, NDArray[Any]]:
    levels = np.array([float(f"{level:.{_DIGITS}g}") for level in server.levels])
    known = np.where(levels > _SMALLEST_LEVEL, levels, 1.0)
    hours = HOURS_PER_DAY // server.chances.shape[2]
    season = server.season.reshape(*server.season.shape[:2], WEEK, -1)
    kept = server.stickiness ** (1 / hours)
    pairs = np.tril_indices(len(levels))
    kind_stickiness = np.full(server.kinds.shape[1], server.kind_stickiness)
    return {
        "chances": percentages(np.repeat(server.chances, hours, axis=2)),
        "stickiness": np.floor(kept * COLUMNS["stickiness"].per_unit),
        "kinds": percentages(server.kinds),
        "kind_stickiness": np.floor(kind_stickiness * COLUMNS["kind_stickiness"].per_unit),
        "levels": known,
        "quantiles": _logarithms(server.curves / known[:, None, None]),
        "season": np.rint(np.repeat(season, hours, axis=3) * COLUMNS["season"].per_unit),
        "noise_scale": np.rint(server.noise_scale * COLUMNS["noise_scale"].per_unit),
        "noise": np.rint(noise[:, pairs[0], pairs[1]] * COLUMNS["noise"].per_unit),
        "resolution": server.resolution,
        "missing": np.rint(gaps.missing * COLUMNS["missing"].per_unit),
        "outages": np.array([gaps.outages_per_year, gaps.outage_hours]),
    }


def percentages(shares: Floats) -> Floats:
    """Return shares in whole percent that sum to 100: the largest remainders are rounded up.

    Args:
        shares: sum to 1 over the last axis.
    """
    exact = (shares * 100).round(9)
    whole = np.floor(exact)
    order = np.argsort(whole - exact, axis=-1, kind="stable")
    ranks = np.argsort(order, axis=-1, kind="stable")
    missing = np.rint(100 - whole.sum(axis=-1, keepdims=True))
    found: Floats = whole + (ranks < missing)
    return found


def _logarithms(ratios: Floats) -> Floats:
    """Return quantiles in units of the level as the library stores them."""
    logarithms = np.log(np.maximum(ratios, 1e-300))
    stored = np.rint(logarithms * COLUMNS["quantiles"].per_unit)
    return np.where(stored < _SMALLEST_LOGARITHM, ZERO, stored)
