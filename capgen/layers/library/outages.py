"""When servers of a library have no values: outages of each, and gaps of the fleet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from capgen.draws.intervals import Interval
from capgen.layers.gaps import FLEET, Gaps, gap_times
from capgen.layers.library.settings import LibraryUse
from capgen.timeline.time_axis import Span, TimeAxis


def outages(
    settings: LibraryUse,
    rows: NDArray[np.int64],
    seed: int,
    server_ids: Sequence[str],
    axis: TimeAxis,
    span: Span,
) -> Iterator[tuple[int, Interval]]:
    """Yield the outages of servers that overlap some steps, each after its server's position.

    Args:
        settings: of the library.
        rows: positions of the servers' rows.
        seed: the configuration's seed.
        server_ids: the servers.
        axis: the time axis.
        span: the steps.
    """
    if not settings.gaps:
        return
    wanted = settings.library.numbers("outages", rows).tolist()
    for position, (per_year, mean_hours) in enumerate(wanted):
        if per_year:
            gaps = Gaps(per_year=per_year, mean_hours=mean_hours)
            subject = (server_ids[position], "library outage")
            for outage in gap_times(gaps, seed, subject, axis, span):
                yield position, outage


def fleet_gaps(
    settings: LibraryUse, seed: int, axis: TimeAxis, span: Span, course: str = ""
) -> list[Interval]:
    """Return the gaps of all servers that overlap some steps.

    Args:
        settings: of the library.
        seed: the configuration's seed.
        axis: the time axis.
        span: the steps.
        course: what a future adds to the fleet's streams.
    """
    wanted = settings.library.facts.fleet_gaps if settings.gaps else None
    return gap_times(wanted, seed, (FLEET + course, "library gap"), axis, span)
