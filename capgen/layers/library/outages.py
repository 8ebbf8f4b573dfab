"""When servers of a library have no values: outages of each, and gaps of the fleet."""

from __future__ import annotations

from collections.abc import Iterator

from capgen.draws.intervals import Interval
from capgen.layers.gaps import FLEET, Gaps, gap_times
from capgen.layers.library.settings import LibraryUse
from capgen.timeline.time_axis import Span, TimeAxis


def outages(
    settings: LibraryUse, row: int, seed: int, server_id: str, axis: TimeAxis, span: Span
) -> Iterator[Interval]:
    """Yield the outages of a server that overlap some steps.

    Args:
        settings: of the library.
        row: position of the server's row.
        seed: the configuration's seed.
        server_id: the server.
        axis: the time axis.
        span: the steps.
    """
    per_year, mean_hours = settings.library.numbers("outages")[row].tolist()
    if not settings.gaps or not per_year:
        return iter(())
    wanted = Gaps(per_year=per_year, mean_hours=mean_hours)
    return gap_times(wanted, seed, (server_id, "library outage"), axis, span)


def fleet_gaps(
    settings: LibraryUse, seed: int, axis: TimeAxis, span: Span, course: str = ""
) -> Iterator[Interval]:
    """Yield the gaps of all servers that overlap some steps.

    Args:
        settings: of the library.
        seed: the configuration's seed.
        axis: the time axis.
        span: the steps.
        course: what a future adds to the fleet's streams.
    """
    wanted = settings.library.facts.fleet_gaps if settings.gaps else None
    return gap_times(wanted, seed, (FLEET + course, "library gap"), axis, span)
