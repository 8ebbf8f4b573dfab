"""Missing values: single ones at random, outages of one server, gaps of the whole fleet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl
from pydantic import Field

from capgen.draws.arrays import Flags
from capgen.draws.by_block import draw_flags
from capgen.draws.intervals import Interval
from capgen.layers.answers import Place
from capgen.layers.continuing import courses_of
from capgen.layers.gaps import FLEET, Gaps, gap_lines, gap_steps, gap_times
from capgen.layers.known import Known
from capgen.layers.layer import Layer
from capgen.layers.ledger_line import Line
from capgen.layers.scope import PanelFacts, Scope
from capgen.settings.names import unknown_names
from capgen.settings.types import Frozen, Name, Probability, Section
from capgen.timeline.time_axis import Span, TimeAxis


class Missing(Section):
    """Values that are not there: single ones, those of one server, or of the fleet, for a while.

    Attributes:
        share: of each metric's values, at random.
        server_outages: all metrics of one server at once.
        fleet_gaps: all metrics of all servers at once.
    """

    share: Frozen[Name, Probability] = Field(default_factory=dict)
    server_outages: Gaps | None = None
    fleet_gaps: Gaps | None = None


class MissingLayer(Layer[Missing]):
    """Values that are not there."""

    name = "missing"
    key = "layers.missing"
    example = (
        "{share: {cpu: 0.01}, server_outages: {per_year: 2, mean_hours: 3}, "
        "fleet_gaps: {per_year: 0.5, mean_hours: 6}}"
    )
    may_be_null = True
    is_incident = True
    happens = "gaps"

    def problems(self, settings: Missing, known: Known) -> Iterator[str]:
        """Yield unknown metrics."""
        yield from unknown_names(f"{known.path}.share", settings.share, known.metrics)

    def missing_share(self, settings: Missing, servers: pl.DataFrame, key: str) -> float:
        """Return the share of a metric's values that are missing by themselves."""
        return settings.share.get(key, 0.0)

    def singles(
        self, settings: Missing, scope: Scope, keys: Sequence[str]
    ) -> Iterator[tuple[str, Flags]]:
        """Yield the values that are missing by themselves."""
        for key in keys:
            share = settings.share.get(key, 0)
            if share:
                subjects = (scope.seed, scope.ids, scope.axis, scope.span)
                yield key, draw_flags(*subjects, f"missing {key}", share)

    def gaps(self, settings: Missing, scope: Scope) -> Iterator[Place]:
        """Yield the outages of the servers, and the gaps of the fleet."""
        steps = (scope.axis, scope.span)
        for position, server_id in enumerate(scope.ids):
            for outage in _outages(settings, scope.seed, server_id, *steps):
                yield position, gap_steps(*steps, outage)
        for rows, course in courses_of(scope):
            for gap in _fleet_gaps(settings, scope.seed, *steps, course):
                yield rows, gap_steps(*steps, gap)

    def lasts(self, settings: Missing) -> bool:
        """Tell whether there are outages or gaps."""
        return bool(settings.server_outages or settings.fleet_gaps)

    def ledger(self, settings: Missing, panel: PanelFacts, servers: pl.DataFrame) -> Iterator[Line]:
        """Yield outages and gaps that touch a step."""
        ids = servers["server_id"].to_list()
        for server_id in ids:
            subject = ("server", server_id)
            for outage in _outages(settings, panel.seed, server_id, panel.axis, panel.axis.span):
                yield from gap_lines(panel, outage, "missing.server_outages", subject, [server_id])
        for gap in _fleet_gaps(settings, panel.seed, panel.axis, panel.axis.span):
            yield from gap_lines(panel, gap, "missing.fleet_gaps", ("fleet", "fleet"), ids)


def _outages(
    settings: Missing, seed: int, server_id: str, axis: TimeAxis, span: Span
) -> list[Interval]:
    return gap_times(settings.server_outages, seed, (server_id, "server outage"), axis, span)


def _fleet_gaps(
    settings: Missing, seed: int, axis: TimeAxis, span: Span, course: str = ""
) -> list[Interval]:
    return gap_times(settings.fleet_gaps, seed, (FLEET + course, "fleet gap"), axis, span)
