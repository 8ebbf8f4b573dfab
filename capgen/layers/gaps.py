"""Gaps: stretches of whole hours without values, of a server or of the fleet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import Field

from capgen.draws.intervals import Interval, geometric, intervals, minutes_of, steps_started
from capgen.layers.ledger_line import Line, line_without_values, time_text
from capgen.layers.scope import PanelFacts
from capgen.settings.types import Section
from capgen.timeline.epoch import HOURS_PER_DAY, MINUTES_PER_HOUR
from capgen.timeline.time_axis import Span, TimeAxis

FLEET = ""  # subject of what happens to all servers
_MOST_GAP_HOURS = 31 * HOURS_PER_DAY


class Gaps(Section):
    """Stretches without values: whole hours, of a geometric number.

    Attributes:
        per_year: how many, on average.
        mean_hours: how long, on average.
    """

    per_year: Annotated[float, Field(ge=0, le=1000)]
    mean_hours: Annotated[float, Field(ge=1, le=_MOST_GAP_HOURS / 10)]


def gap_times(
    wanted: Gaps | None, seed: int, subject: tuple[str, str], axis: TimeAxis, span: Span
) -> list[Interval]:
    """Return the gaps that overlap some steps.

    Args:
        wanted: how many, and how long; None for none.
        seed: the configuration's seed.
        subject: whose streams decide: a server's, or the `FLEET`'s; and what gaps are called there.
        axis: the time axis.
        span: the steps.
    """
    if wanted is None:
        return []
    mean_minutes = wanted.mean_hours * MINUTES_PER_HOUR
    chance = geometric(wanted.per_year, mean_minutes, MINUTES_PER_HOUR)
    return intervals(seed, *subject, chance, minutes_of(axis, span), axis.moment_minute)


def gap_steps(axis: TimeAxis, span: Span, gap: Interval) -> slice:
    """Return which of some steps have no values because of a gap.

    Args:
        axis: the time axis.
        span: the steps.
        gap: the gap.
    """
    return steps_started(axis, span, gap.start, gap.stop)


def gap_lines(
    panel: PanelFacts, gap: Interval, name: str, subject: tuple[str, str], servers: Sequence[str]
) -> Iterator[Line]:
    """Yield the ledger's line of a gap, if it touches a step.

    Args:
        panel: what holds for the panel.
        gap: the gap.
        name: what the gap is called.
        subject: scope and name of what it happens to.
        servers: ids of the servers without values.
    """
    steps = gap_steps(panel.axis, panel.axis.span, gap)
    if steps.start < steps.stop:
        line_id = f"{name}:{subject[1]}:{gap.year}:{gap.number}"
        times = (time_text(gap.start), time_text(gap.stop))
        yield line_without_values(line_id, "gap", subject, servers, panel.metrics, times)
