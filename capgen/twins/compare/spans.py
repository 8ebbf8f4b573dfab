"""Which days of datasets are compared: as many of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from capgen.errors import RequestError
from capgen.twins.compare.agreement import NamedDataset
from capgen.twins.compare.window import Window

_DAY = timedelta(days=1)


def windows(
    datasets: Sequence[NamedDataset], step_minutes: int, since: date | None, until: date | None
) -> list[Window]:
    """Return as many whole days of each dataset.

    Days are those of the reference where a dataset has its first one, else the dataset's first.

    Args:
        datasets: the reference and what is laid beside it.
        step_minutes: length of the steps that are compared.
        since: the first day, if not the first that there is.
        until: the last day, if not the last that there is.

    Raises:
        RequestError: a dataset has no whole day in this span.
    """
    spans = [_whole_days(dataset, since, until) for dataset in datasets]
    first = spans[0][0]
    starts = [max(start, first) if start <= first < stop else start for start, stop in spans]
    days = min((stop - start).days for start, (_, stop) in zip(starts, spans, strict=True))
    return [Window(start, step_minutes, days) for start in starts]


def sides_of(window: Window, *, is_halved: bool) -> list[Window]:
    """Return the days that are compared by themselves: two halves, or all where there is a holdout.

    Args:
        window: of a dataset.
        is_halved: whether the other half makes the floor.
    """
    if not is_halved:
        return [window]
    half = window.days // 2
    return [window.part(0, half), window.part(half, half)]


def _whole_days(
    dataset: NamedDataset, since: date | None, until: date | None
) -> tuple[datetime, datetime]:
    """Return the midnights at which a dataset's whole days begin and end."""
    described = dataset.described
    start = _midnight(described.first_timestamp + _DAY - timedelta(microseconds=1))
    stop = _midnight(described.last_timestamp + timedelta(minutes=dataset.step_minutes))
    start = max(start, datetime.combine(since, time())) if since else start
    stop = min(stop, datetime.combine(until, time()) + _DAY) if until else stop
    if start >= stop:
        raise RequestError(
            f"{dataset.name}: expected a whole day from {since or 'the first'} to "
            f"{until or 'the last'}, got {described.first_timestamp} to {described.last_timestamp}"
        )
    return start, stop


def _midnight(moment: datetime) -> datetime:
    return datetime.combine(moment.date(), time())
