"""The mapping: what a user says about exports, typed and closed to unknown keys."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from capgen.columns import AFTER_METRICS, BEFORE_METRICS, SERVER_COLUMNS
from capgen.settings.holidays import Holidays
from capgen.settings.types import Frozen, Name, Section
from capgen.telemetry.readers.mapping_types import AUTO, Column, ExportStepOrAuto, Pattern
from capgen.telemetry.readers.places import LabelPlace, MetricPlace, ServerPlace, TimePlace

_NO_LABELS = {*BEFORE_METRICS, *AFTER_METRICS} - {*SERVER_COLUMNS[1:]}


def _check_labels(labels: dict[str, Any]) -> dict[str, Any]:
    for name in labels:
        if name in _NO_LABELS:
            raise ValueError(f"expected the name of a label, got {name!r}, a column of its own")
    return labels


class LongColumns(Section):
    """The columns of a long table.

    Attributes:
        name: the column with the metric's name.
        value: the column with the value.
    """

    name: Column = "name"
    value: Column = "value"


class CsvSection(Section):
    """The form of CSV files.

    Attributes:
        delimiter: what stands between values.
        decimal: what stands before decimals.
        columns: the columns' names, where the files have no header.
        skip: number of lines to leave out at the start.
        comment: what begins a line to leave out.
        encoding: of the text.
    """

    delimiter: Annotated[str, StringConstraints(min_length=1, max_length=4)] = AUTO
    decimal: Literal[".", ","] = "."
    columns: tuple[Column, ...] | None = Field(default=None, min_length=1)
    skip: Annotated[int, Field(ge=0, le=1000)] = 0
    comment: Annotated[str, StringConstraints(min_length=1, max_length=1)] | None = None
    encoding: Literal["utf-8", "utf-16", "latin-1"] = "utf-8"


class Mapping(Section):
    """What a user says about exports.

    Attributes:
        reader: which reader reads them.
        recognise: a regular expression; the start of a file that has it is read by this mapping.
        from_: patterns of files, from this file's folder on, where the command names none.
        sql: a statement that returns the table, in place of files; it only reads.
        shape: wide has a column for each metric, long one for names and one for values.
        long: the columns of a long table.
        csv: the form of CSV files.
        server: where the server's name stands.
        time: how time is written.
        metrics: the metrics to load, by key; by default all.
        labels: the servers' labels, by column.
        missing: values that stand for none.
        duplicates: what becomes of several values for one time.
        step: the time from sample to sample.
        out_of_range: what becomes of a percentage of 103: keep, clip to 100, or drop.
        holidays: the calendar behind is_holiday.
    """

    model_config = ConfigDict(populate_by_name=False)

    reader: Name = "table"
    recognise: Pattern | None = None
    from_: tuple[Column, ...] | None = Field(default=None, alias="from", min_length=1)
    sql: str | None = None
    shape: Literal["wide", "long"] = "wide"
    long: LongColumns = Field(default_factory=LongColumns)
    csv: CsvSection = Field(default_factory=CsvSection)
    server: ServerPlace = Field(default_factory=ServerPlace)
    time: TimePlace = Field(default_factory=TimePlace)
    metrics: Frozen[Name, MetricPlace] = Field(default={}, validate_default=True)
    labels: Annotated[Frozen[Name, LabelPlace], AfterValidator(_check_labels)] = Field(
        default={}, validate_default=True
    )
    missing: tuple[int | float | str, ...] = ("", "NaN")
    duplicates: Literal["mean", "last", "refuse"] = "mean"
    step: ExportStepOrAuto = AUTO
    out_of_range: Literal["keep", "clip", "drop"] = "keep"
    holidays: Holidays = Holidays(country="US", observed=True)
