"""What the account says of repairs that were counted by metric."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from capgen.dataset.telemetry_manifest import AccountLine
from capgen.errors import CapgenError
from capgen.telemetry.account import Tally, line
from capgen.telemetry.readers.mapping import Mapping
from capgen.telemetry.treatment import Treatment

_TAKEN = {"mean": "took their mean", "last": "took the last", "refuse": "refused"}
_OUTSIDE = {"keep": "kept", "clip": "clipped to it", "drop": "null"}
_HOURS = {
    "by_order": "the first or the second by the order of rows",
    "first": "took the first",
    "second": "took the second",
}


def repair_lines(tally: Tally, treatment: Treatment, mapping: Mapping) -> Iterator[AccountLine]:
    """Yield what the account says of repairs, by kind and metric.

    Args:
        tally: the counts by metric.
        treatment: how metrics were treated.
        mapping: what the user says.
    """
    taken = _TAKEN[mapping.duplicates]
    tenth = treatment.step / 10
    said = {
        "unsorted": ("sample", "after later ones; sorted"),
        "duplicates": ("sample", f"more for a time that has one; {taken}"),
        "jitter": ("sample", f"less than {tenth:g} s from the step; snapped to it"),
        "off_grid": ("sample", _off_grid(treatment)),
        "repeated_hours": (
            "sample",
            f"in an hour that the clock showed twice; {_HOURS[mapping.time.repeated_hour]}",
        ),
        "skipped_hours": (
            "sample",
            "in an hour that the clock never showed; read as if it had not been put forward; is "
            "time.zone right?",
        ),
        "resets": ("fall", "of a counter, such as at a restart; null"),
        "after_gaps": ("rate", "of a counter over a gap; null"),
        "outside": (
            "value",
            f"outside of what the unit allows; {_OUTSIDE[mapping.out_of_range]}",
        ),
    }
    if treatment.keeps:
        said["crowded"] = ("sample", f"more in a step that has one; {taken}")
    for name, (noun, says) in said.items():
        for metric, count in tally.counts(name):
            yield AccountLine.of_many(name, count, noun, says, metric)
    yield from _thin(tally)


def _off_grid(treatment: Treatment) -> str:
    if treatment.keeps:
        return "within a step; moved to its start"
    return "between steps; left there"


def _thin(tally: Tally) -> Iterator[AccountLine]:
    for metric, count in tally.counts("thin"):
        steps = tally.of(metric)["steps"]
        says = f"of {steps:,} with fewer samples than a whole one has; kept, with their number"
        yield AccountLine.of_many("thin", count, "step", says, metric)


def join_lines(treatment: Treatment) -> Iterator[AccountLine]:
    """Yield what the account says of devices and of counters.

    Args:
        treatment: how metrics were treated.
    """
    for each in treatment.metrics:
        if each.metric.over:
            says = f"took the {each.metric.over} of several devices"
            yield line("devices", says, each.column.name)
        if each.metric.kind == "counter":
            says = "growth of the counter a second, from each sample to the next"
            yield line("counter", says, each.column.name)


def refuse_duplicates(found: list[dict[str, Any]]) -> None:
    """Refuse samples more than one for a time.

    Args:
        found: the counts of a bucket, one dictionary a metric.

    Raises:
        CapgenError: there are some.
    """
    for row in found:
        count = row["duplicates"] + row["crowded"]
        if count:
            raise CapgenError(
                f"duplicates: expected one value for each time, got {count:,} more of "
                f"{row['metric']}, such as of server {row['example']!r}; "
                "duplicates: mean or last takes one of them"
            )
