"""What layers may know: an archetype, its servers, and some of these over some steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

import numpy as np
import polars as pl

from capgen.draws.arrays import Codes, Floats
from capgen.draws.sharing import Sharing
from capgen.draws.subjects import course, course_of
from capgen.settings.metric import Metrics, drawn_metrics
from capgen.timeline.time_axis import Span, TimeAxis

Dates = Mapping[str, Mapping[str, Floats]]  # columns of date frames, by clock
Shared = Literal["noise", "states"]


def parameter_column(path: str) -> str:
    """Return the server frame's column that holds the servers' own values of a parameter.

    Args:
        path: the parameter's path, such as `base.cpu`.
    """
    return f"own.{path}"


@dataclass(frozen=True, slots=True)
class PanelFacts:
    """What holds for a whole panel.

    Args:
        seed: the seed that its draws follow from.
        axis: its timestamps.
        metrics: metrics by key.
    """

    seed: int
    axis: TimeAxis
    metrics: Metrics

    @property
    def drawn(self) -> list[str]:
        """Keys of the metrics that have noise of their own."""
        return drawn_metrics(self.metrics)


@dataclass(frozen=True, slots=True)
class Kind(PanelFacts):
    """An archetype, as layers know it.

    Args:
        name: the archetype's name.
        settings: the archetype's settings.
        own: paths of the parameters of which each server has a value of its own.
        limits: lowest and highest value of each parameter that may differ, by path.
        zones: time zone of each clock, None for UTC; in an order that all servers know.
        holidays: returns the holidays of a clock.
        sharings: what some servers share of their noise, or of their changes of state.
        reached: what servers had reached at the moment from which futures go on, by what it is and
            server; filled as it is asked for.
    """

    name: str
    settings: Any
    own: frozenset[str]
    limits: Mapping[str, tuple[float, float]]
    zones: Mapping[str, str | None]
    holidays: Callable[[str], Sequence[date]]
    sharings: Callable[[pl.DataFrame, Shared], list[Sharing]]
    reached: dict[tuple[str, str], Codes] = field(default_factory=dict, compare=False)

    def usual(self, path: str) -> float:
        """Return a parameter of the archetype.

        Args:
            path: such as `base.cpu` or `weekend_factor`.
        """
        value = self.settings
        for name in path.split("."):
            value = value[name] if isinstance(value, Mapping) else getattr(value, name)
        assert isinstance(value, (int, float))
        return value


@dataclass(frozen=True, slots=True)
class Scope:
    """Some servers of one archetype over some steps.

    Args:
        kind: their archetype.
        frame: a server frame.
        rows: which of its rows are theirs.
        ids: whose streams the servers draw from, in order: their own, or those of futures.
        lasting: what they were given once, by column, each of shape (servers, 1).
        clocks: the clocks that they live by.
        dates: columns of the date frames, by clock.
        steps: positions of the steps in the date frames.
        span: the same steps.
    """

    kind: Kind
    frame: pl.DataFrame
    rows: range
    ids: Sequence[str]
    lasting: Mapping[str, Floats]
    clocks: Sequence[str]
    dates: Dates
    steps: slice
    span: Span

    @classmethod
    def of(cls, kind: Kind, servers: pl.DataFrame, dates: Dates, span: Span) -> Scope:
        """Return servers over all steps of their date frames.

        Args:
            kind: their archetype.
            servers: the server frame; for futures with the number of each row's as `draw`.
            dates: columns of the date frames that they follow, by clock.
            span: the steps.
        """
        floats = [name for name, kind_of in servers.schema.items() if kind_of == pl.Float64]
        lasting = {name: servers[name].to_numpy()[:, None] for name in floats}
        ids = _subjects(kind.axis, servers)
        clocks = servers["clock"].to_list()
        rows = range(servers.height)
        return cls(kind, servers, rows, ids, lasting, clocks, dates, slice(None), span)

    def part(self, servers: slice, steps: slice, span: Span) -> Scope:
        """Return some of the servers over some of the steps.

        Args:
            servers: which servers.
            steps: which steps of the date frames.
            span: the same steps.
        """
        return replace(
            self,
            rows=self.rows[servers],
            ids=self.ids[servers],
            lasting={name: column[servers] for name, column in self.lasting.items()},
            clocks=self.clocks[servers],
            steps=steps,
            span=span,
        )

    @property
    def servers(self) -> pl.DataFrame:
        """The server frame, cut when a layer asks for it: few do, and Polars takes long to cut."""
        return self.frame[self.rows.start : self.rows.stop]

    @property
    def seed(self) -> int:
        """Of the panel."""
        return self.kind.seed

    @property
    def axis(self) -> TimeAxis:
        """Of the panel."""
        return self.kind.axis

    @property
    def zones(self) -> list[str | None]:
        """Time zone of each server's clock; None for UTC."""
        return [self.kind.zones[clock] for clock in self.clocks]

    def parameter(self, path: str) -> Floats | float:
        """Return a parameter: the servers' own values of it, shape (servers, 1), where they differ.

        Args:
            path: such as `sd.cpu`.
        """
        if path in self.kind.own:
            return self.lasting[parameter_column(path)]
        return self.kind.usual(path)

    def by_clock(self, columns: str | Sequence[str]) -> Floats:
        """Return what each server's dates say, shape (servers, steps).

        Args:
            columns: a column of the date frames, or one for each server.
        """
        names = [columns] * len(self.clocks) if isinstance(columns, str) else columns
        servers = zip(self.clocks, names, strict=True)
        return np.stack([self.dates[clock][name][self.steps] for clock, name in servers])

    def for_all(self, column: str) -> Floats:
        """Return what the dates of all clocks say alike, shape (steps,).

        Args:
            column: a column of the date frames that does not depend on the clock.
        """
        return self.dates[self.clocks[0]][column][self.steps]

    def sharings(self, what: Shared) -> list[Sharing]:
        """Return what the servers share, with those of the same future.

        Args:
            what: what is shared.
        """
        sharings = self.kind.sharings(self.servers, what)
        if self.axis.moment is None:
            return sharings
        courses = [course_of(subject) for subject in self.ids]
        return [each.in_courses(courses) for each in sharings]


def _subjects(axis: TimeAxis, servers: pl.DataFrame) -> list[str]:
    ids = servers["server_id"].to_list() if "server_id" in servers.columns else []
    moment = axis.moment_minute
    if moment is None:
        return ids
    futures = servers["draw"].to_list()
    return [name + course(moment, draw) for name, draw in zip(ids, futures, strict=True)]
