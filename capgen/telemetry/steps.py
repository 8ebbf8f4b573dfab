"""Finds the step of exports: the time from sample to sample."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from capgen import sql
from capgen.dataset.telemetry_manifest import AccountLine
from capgen.errors import RequestError
from capgen.telemetry.account import line
from capgen.telemetry.readers.mapping_types import AUTO, step_seconds
from capgen.telemetry.staging import Staged

_USUAL = (
    *(1, 2, 5, 10, 15, 20, 30),
    *(60 * minutes for minutes in (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30)),
    *(3600 * hours for hours in (1, 2, 3, 4, 6, 8, 12, 24)),
)
_MICROSECONDS = 10**6
_TENTH = 0.1
_LEAST_SHARE = 0.5


def steps_of(
    staged: Staged, names: Iterable[str], given: str
) -> tuple[dict[str, int], list[AccountLine]]:
    """Return the step of each metric in seconds.

    Args:
        staged: the samples.
        names: of the metrics.
        given: the step that the mapping says, or `auto`.

    Returns:
        Steps by metric, none for a metric with one sample only, and what was guessed.

    Raises:
        RequestError: the samples have no step.
    """
    if given != AUTO:
        return dict.fromkeys(names, step_seconds(given)), []
    rows = _differences(staged)
    metrics = sorted({row["metric"] for row in rows})
    found = {
        metric: _step(metric, [row for row in rows if row["metric"] == metric])
        for metric in metrics
    }
    if not found:
        raise RequestError(
            "step: expected several samples of a series, got one each; set step, such as 5min"
        )
    return {metric: step for metric, (step, _) in found.items()}, list(_guesses(found))


def _differences(staged: Staged) -> list[dict[str, Any]]:
    """Return the differences in the first bucket that has some: whole servers, chosen by name."""
    for bucket in range(staged.buckets):
        if staged.view(bucket):
            rows = sql.run_query(staged.connection, "load/differences", {}).to_dicts()
            if rows:
                return rows
    return []


def _step(metric: str, rows: list[dict[str, Any]]) -> tuple[int, float]:
    """Return a metric's step in seconds, and the share of differences that are about it."""
    total = sum(row["times"] for row in rows)
    about: defaultdict[int, int] = defaultdict(int)
    for row in rows:
        seconds = row["difference"] / _MICROSECONDS
        usual = min(_USUAL, key=lambda step: abs(step - seconds))
        if abs(usual - seconds) <= _TENTH * usual:
            about[usual] += row["times"]
    step = max(about, key=lambda each: about[each], default=0)
    if step and about[step] >= _LEAST_SHARE * total:
        return step, about[step] / total
    most = max(rows, key=lambda row: row["times"])
    if most["difference"] % _MICROSECONDS or most["times"] < _LEAST_SHARE * total:
        seconds = most["difference"] / _MICROSECONDS
        raise RequestError(
            f"step: expected samples of {metric} at a step, got irregular ones, most often "
            f"{seconds:g} s apart; which step do they have? Set step, such as 5min"
        )
    return most["difference"] // _MICROSECONDS, most["times"] / total


def _guesses(found: Mapping[str, tuple[int, float]]) -> list[AccountLine]:
    by_step: defaultdict[int, list[str]] = defaultdict(list)
    for metric, (step, _) in found.items():
        by_step[step].append(metric)
    return [
        line(
            "step",
            f"took {step} s: so far apart are {min(found[each][1] for each in metrics):.1%} of "
            "the samples looked at",
            "" if len(by_step) == 1 else ", ".join(metrics),
        )
        for step, metrics in sorted(by_step.items())
    ]
