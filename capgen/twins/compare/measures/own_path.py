"""How much each server of a candidate goes the way of the same real server."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from capgen.timeline.epoch import DAYS_PER_WEEK
from capgen.twins.compare.evidence import Evidence
from capgen.twins.compare.fact import Needs
from capgen.twins.compare.measure import COPIES, CopyMeasure
from capgen.twins.compare.window import Window


def _mean(sources: Sequence[Evidence], candidate: Evidence) -> Mapping[str, float]:
    """Return by metric the mean over servers, beside the source that it follows most."""
    found: dict[str, float] = {}
    for source in sources:
        for metric in candidate.paths.scores:
            paths = list(_correlations(source, candidate, metric))
            if paths:
                found[metric] = max(found.get(metric, -1.0), sum(paths) / len(paths))
    return found


def _correlations(source: Evidence, candidate: Evidence, metric: str) -> Iterator[float]:
    skipped = _steps_to_same_weekday(source.window, candidate.window)
    real = {source.servers[server]: row for row, server in enumerate(source.paths.servers)}
    for row, server in enumerate(candidate.paths.servers):
        partner = real.get(candidate.servers[server])
        if partner is not None:
            path = candidate.paths.scores[metric][row, skipped:].astype(np.float64)
            other = source.paths.scores[metric][partner].astype(np.float64)
            length = min(len(path), len(other))
            yield _correlation(path[:length], other[:length])


def _steps_to_same_weekday(source: Window, candidate: Window) -> int:
    days = (source.start.weekday() - candidate.start.weekday()) % DAYS_PER_WEEK
    return days * candidate.steps_per_day


def _correlation(
    left: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    right: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
) -> float:
    length = float(np.sqrt((left**2).sum()) * np.sqrt((right**2).sum()))
    return float((left * right).sum()) / length if length > 0 else 0.0


MEASURE = CopyMeasure(
    name="own path",
    group=COPIES,
    says="correlation over time with the same real server, at the same weekdays and hours",
    lower="its servers go their own ways",
    higher="its servers replay the real servers' days",
    needs=Needs(days=14),
    how="mean over the servers; servers are the same by id, else by their order",
    direction="the floor is what other real weeks have; more is replayed",
    least=0.05,
    share=_mean,
)
