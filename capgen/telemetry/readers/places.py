"""Where something stands in exports: the server's name, labels, the time, a metric's values."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from capgen.settings.statistic import Statistic
from capgen.settings.types import Frozen, Moment, Section, Unit, Zone
from capgen.telemetry.readers.mapping_types import (
    Column,
    ExportStep,
    Group,
    How,
    Kind,
    Pattern,
    RepeatedHour,
    TimeUnit,
)


class _Choice(Section):
    """A section of which one of several keys says where something stands."""

    def chosen(self, *names: str) -> list[str]:
        """Return the keys, of some, that are given."""
        return [name for name in names if getattr(self, name) is not None]


class ServerPlace(_Choice):
    """Where the name of the server stands: in a column, in the file's name, or here.

    Attributes:
        column: the column; in formats with labels, the label.
        file: a regular expression for the file's name; its group is the server.
        value: the server, where the exports are of one.
        strip: a regular expression; what it finds is cut off, such as a port.
        lower: whether capital letters become small ones.
    """

    column: Column | None = None
    file: Group | None = None
    value: Column | None = None
    strip: Pattern | None = None
    lower: bool = False

    @model_validator(mode="after")
    def _one_place(self) -> ServerPlace:
        if len(self.chosen("column", "file", "value")) > 1:
            raise ValueError("expected one of column, file and value, got several")
        return self


class LabelPlace(_Choice):
    """Where a label of servers stands: in a column, in the file's name, or here.

    Attributes:
        column: the column; in formats with labels, the label.
        file: a regular expression for the file's name; its group is the label's value.
        value: the value for all servers.
    """

    column: Column | None = None
    file: Group | None = None
    value: Column | None = None

    @model_validator(mode="after")
    def _one_place(self) -> LabelPlace:
        if len(self.chosen("column", "file", "value")) != 1:
            raise ValueError("expected one of column, file and value")
        return self


class TimePlace(Section):
    """How time is written.

    Attributes:
        column: the column with the time.
        unit: of a number: s, ms, us or ns since 1970; text for a date and a time.
        format: of a text, as strptime has it, such as %d.%m.%Y %H:%M; by default ISO 8601.
        zone: the clock by which texts are written; numbers are in UTC.
        repeated_hour: which hour is meant where clocks are put back: the order of rows says it.
        origin: the first time, where the exports have no clock.
        step: the time from row to row of a server, where the exports have no clock.
    """

    column: Column | None = None
    unit: TimeUnit = "auto"
    format: str | None = None
    zone: Zone = "UTC"
    repeated_hour: RepeatedHour = "by_order"
    origin: Moment | None = None
    step: ExportStep | None = None


class MetricPlace(Section):
    """Where the values of a metric stand, and what they are.

    Attributes:
        column: the column with the values.
        name: the metric's name in the exports, where several metrics share a column.
        where: what other columns, or labels, must be, such as {mode: idle}.
        expression: SQL with `value`, such as 100 - value; comes after a counter's rate.
        unit: of the values; auto tells percent from fraction by the largest value.
        to: the unit to convert to.
        statistic: what a value is of the samples of its step: raw, mean, min, max, p95.
        samples: the column with the number of samples behind a value, which weighs means.
        kind: a counter only grows, and becomes a rate per second.
        over: the column, or label, that tells devices apart, and how to join them.
    """

    column: Column | None = None
    name: Column | None = None
    where: Frozen[Column, str] = Field(default={}, validate_default=True)
    expression: Column | None = None
    unit: Unit | None = None
    to: Unit | None = None
    statistic: Statistic | None = None
    samples: Column | None = None
    kind: Kind | None = None
    over: Annotated[Frozen[Column, How], Field(max_length=1)] = Field(
        default={}, validate_default=True
    )
