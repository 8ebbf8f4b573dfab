"""The rule `same_time`: no server's day is shifted against that of its peers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from capgen.draws.arrays import Floats
from capgen.quality.evidence.evidence import Evidence
from capgen.quality.findings import Finding, exact, not_testable
from capgen.quality.rule import Measurement, Rule

SAME_TIME = Rule(
    "same_time",
    "Telemetry: no server's rhythm of the day comes hours before or after that of its peers.",
    "The mean of each hour of the day beside that of the peers (of the same server_type and "
    "region), at every lag, where at least 80 % of the peers agree on the lag and half of them on "
    "the rhythm (a correlation of 0.9). At fault is a server of which half of the metrics say so: "
    "what one metric lacks, or has too much of, does not speak for the others.",
    "servers at fault",
)
_HOURS = 24
_FEWEST_DAYS = 7
_FEWEST_PEERS = 5
_AGREEING = 0.8  # of the peers, whose best lag is at most an hour
_ALIKE = 0.9  # correlation of half of the peers' rhythms with the peers'
_SHIFTED = 0.85  # correlation of a rhythm with the peers', at its best lag
_BETTER = 0.3  # than without a lag
_LEAST_LAG = 2  # hours
_OPPOSITE = 11  # hours: from here on it may be a server that works at night
_SHIFTED_MOST = 0.9  # correlation there, of more than half of the metrics
_MOST_NAMED = 3


def time_finding(evidence: Evidence) -> Iterator[Finding]:
    """Yield which servers have the rhythm of their peers at another time.

    Args:
        evidence: the evidence of a dataset without a model.
    """
    described = evidence.source.described
    days = (described.last_timestamp - described.first_timestamp).days
    if described.step_minutes > 60 or days < _FEWEST_DAYS:
        yield not_testable(SAME_TIME.name, f"needs {_FEWEST_DAYS} days of hours or less")
        return
    looked_at = 0
    lags: dict[str, int] = {}
    for servers, curves in _groups(evidence):
        looked_at += len(servers)
        lags |= _shifted(servers, curves)
    if not looked_at:
        why = f"no {_FEWEST_PEERS} servers of one kind have a rhythm in common"
        yield not_testable(SAME_TIME.name, why)
        return
    named = [_said(*each) for each in sorted(lags.items())[:_MOST_NAMED]]
    finding = exact(SAME_TIME.name, len(lags), looked_at, "servers", "; ".join(named))
    yield finding.naming(servers=sorted(lags), columns=evidence.source.columns if lags else ())


def _groups(evidence: Evidence) -> Iterator[tuple[list[str], Floats]]:
    """Yield the servers of each kind that have a rhythm in common, with their curves.

    A curve is the correlation with the peers' rhythm by lag, of each metric that has a rhythm in
    common: shape (metrics, servers, 24).
    """
    frame = evidence.series.rhythm
    peers = evidence.series.peers
    groups = frame.partition_by(peers) if peers else [frame]
    for group in groups:
        whole = group.filter(pl.len().over("server_id") == _HOURS)
        servers = whole["server_id"].unique(maintain_order=True).to_list()
        if len(servers) < _FEWEST_PEERS:
            continue
        curves = (_curves(whole[name], len(servers)) for name in evidence.source.columns)
        common = [found for found in curves if found is not None]
        if common:
            yield servers, np.stack(common)


def _curves(means: pl.Series, servers: int) -> Floats | None:
    """Return the correlations by lag of one metric; None where peers have no rhythm in common.

    All are NaN for a server without a rhythm.
    """
    values = means.cast(pl.Float64).fill_null(float("nan")).to_numpy().reshape(servers, _HOURS)
    centred = values - values.mean(axis=1, keepdims=True)
    size = np.sqrt((centred**2).sum(axis=1, keepdims=True))
    with np.errstate(invalid="ignore", divide="ignore"):
        rhythms = np.nan_to_num(centred / size)
    common = np.median(rhythms, axis=0)
    common = (common - common.mean()) / max(float(np.linalg.norm(common - common.mean())), 1e-12)
    curves: Floats = np.stack([rhythms @ np.roll(common, lag) for lag in range(_HOURS)], axis=1)
    agree = np.isin(curves.argmax(axis=1), (0, 1, _HOURS - 1))
    is_common = agree.mean() >= _AGREEING and np.median(curves.max(axis=1)) >= _ALIKE
    curves[~rhythms.any(axis=1)] = np.nan
    return curves if is_common else None


def _shifted(servers: Sequence[str], curves: Floats) -> dict[str, int]:
    """Return the lags in hours of the servers that are shifted, by their ids."""
    half = _reached(curves)
    best = half.argmax(axis=1)
    at_best = (np.arange(len(servers)), best)
    lags = np.where(best > _HOURS // 2, best - _HOURS, best)
    gains = _reached(curves - curves[:, :, :1])[at_best]
    most = _reached(curves, more_than_half=True)[at_best]
    alike = np.where(abs(lags) < _OPPOSITE, half[at_best] >= _SHIFTED, most >= _SHIFTED_MOST)
    wrong = alike & (gains >= _BETTER) & (abs(lags) >= _LEAST_LAG)
    return {servers[int(each)]: int(lags[each]) for each in np.flatnonzero(wrong)}


def _reached(measures: Floats, *, more_than_half: bool = False) -> Floats:
    """Return what at least half of the metrics reach, of those of which a server has a rhythm.

    Args:
        measures: shape (metrics, servers, lags), NaN where a server has no rhythm.
        more_than_half: more than half must reach it.

    Returns:
        Shape (servers, lags), NaN for a server without any rhythm.
    """
    known = np.isfinite(measures).sum(axis=0)
    place = known // 2 if more_than_half else np.maximum(known - 1, 0) // 2
    highest_first = -np.sort(-measures, axis=0)  # and those that are NaN last
    reached: Floats = np.take_along_axis(highest_first, place[np.newaxis], axis=0)[0]
    return reached


def _said(server: str, lag: int) -> str:
    return f"{server} has the rhythm of its peers {abs(lag)} h {'later' if lag > 0 else 'earlier'}"


MEASUREMENT = Measurement((SAME_TIME,), time_finding, needs=Evidence.has_series)
