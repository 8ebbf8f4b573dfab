"""What all that reads data asks of it, whether it was built, rolled up or loaded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from capgen.columns import SERVER_COLUMNS, SQL_TYPES
from capgen.config import Config
from capgen.dataset.metric_column import MetricColumn, metric_columns
from capgen.panel.calendar import macro_calendar
from capgen.panel.macro_calendar import MacroCalendar
from capgen.panel.schema import panel_schema
from capgen.timeline.granularity import step_minutes


@dataclass(frozen=True, slots=True)
class Description:
    """What the rows of some data are.

    Args:
        schema: the columns with their types, in order.
        metrics: what the metrics' columns are, in order.
        labels: columns of servers' labels, in order.
        granularity: the time step.
        first_timestamp: the earliest timestamp.
        last_timestamp: the latest timestamp.
        calendar: what the SQL macros know.
        sample_counts: columns with the number of samples behind the values of metrics, in order.
        stand_for_samples: whether a P95 of values may be called one: those of a build are drawn
            at their step, and a panel of any step has P95.
    """

    schema: pl.Schema
    metrics: tuple[MetricColumn, ...]
    labels: tuple[str, ...]
    granularity: str
    first_timestamp: datetime
    last_timestamp: datetime
    calendar: MacroCalendar
    sample_counts: tuple[str, ...] = ()
    stand_for_samples: bool = False

    @property
    def step_minutes(self) -> int:
        """Minutes between two timestamps of a server."""
        return step_minutes(self.granularity)

    @property
    def first_day(self) -> date:
        """The day of the earliest timestamp."""
        return self.first_timestamp.date()

    @property
    def last_day(self) -> date:
        """The day of the latest timestamp."""
        return self.last_timestamp.date()

    @property
    def metric_names(self) -> list[str]:
        """The names of the metrics' columns, in order."""
        return [metric.name for metric in self.metrics]

    @property
    def comments(self) -> dict[str, str]:
        """What to say of the metrics' columns: unit and statistic in words."""
        return {metric.name: metric.says for metric in self.metrics}

    @property
    def columns(self) -> pl.DataFrame:
        """One row a column: column, type (of SQL), unit, statistic; the last two of metrics."""
        known = {metric.name: metric for metric in self.metrics}
        rows = []
        for name, kind in self.schema.items():
            metric = known.get(name)
            unit, statistic = (metric.unit, metric.statistic) if metric else (None, None)
            rows.append((name, SQL_TYPES[kind], unit, statistic))
        names = ("column", "type", "unit", "statistic")
        return pl.DataFrame(rows, dict.fromkeys(names, pl.String), orient="row")


def description_of(config: Config) -> Description:
    """Return what the rows of a configured panel are.

    Args:
        config: the panel's configuration.
    """
    axis = config.axis
    return Description(
        schema=panel_schema(config),
        metrics=tuple(metric_columns(config)),
        labels=SERVER_COLUMNS[1:],
        granularity=config.granularity,
        first_timestamp=axis.timestamp(axis.span.first),
        last_timestamp=axis.timestamp(axis.span.stop - 1),
        calendar=macro_calendar(config),
        stand_for_samples=True,
    )
