"""The manifest of telemetry: what it was read from, what was done to it, and which files it has."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from capgen.columns import AFTER_METRICS, BEFORE_METRICS, SERVER_COLUMNS, schema_of
from capgen.dataset.description import Description
from capgen.dataset.manifest_base import ManifestBase
from capgen.dataset.metric_column import MetricColumn
from capgen.panel.macro_calendar import calendar_of_days
from capgen.settings.holidays import Holidays
from capgen.storage.entries import FileEntry, SideEntry
from capgen.words import counted, plural

TELEMETRY_VERSION = 1


class SourceEntry(BaseModel):
    """One of the exports that telemetry was read from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(description="The export's file name, without its folders.")
    bytes: int = Field(description="Size of the file.")
    sha256: str = Field(description="SHA-256 of the file, 64 hexadecimal digits.")


class AccountLine(BaseModel):
    """One thing that was found in the exports, repaired, or guessed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(description="What it is, as one word: duplicates, jitter, gaps, unit …")
    about: str = Field(description="The metric, server or file that it is about; empty for all.")
    count: int = Field(description="How many samples, steps or servers; 0 for a guess.")
    says: str = Field(description="What was found and done, as a sentence; a guess's reason.")

    @classmethod
    def of_many(cls, name: str, count: int, noun: str, says: str, about: str = "") -> AccountLine:
        """Return a line about what was counted.

        Args:
            name: what it is, as one word.
            count: how many there are.
            noun: the word for one of them.
            says: what they are, and what was done, such as `without a value; null`.
            about: the metric, server or file.
        """
        return cls(name=name, about=about, count=count, says=f"{plural(count, noun)} {says}")


class TelemetryManifest(ManifestBase):
    """What telemetry is, and which files it has."""

    expected: ClassVar[str] = f"a manifest of telemetry of version {TELEMETRY_VERSION}"
    unaltered: ClassVar[str] = "an unaltered manifest of telemetry"
    way_out: ClassVar[str] = "restore it from a copy, or load the exports again in another folder"
    mends: ClassVar[str] = "load the exports again"
    made: ClassVar[str] = "loaded"
    no_model: ClassVar[str] = (
        "telemetry, which has no model to make rows from; make a twin, which has one, with "
        "capgen fit, or load the exports again"
    )

    kind: Literal["telemetry"] = Field(description="Tells telemetry from what was built.")
    telemetry_version: Literal[1] = Field(description="Version of this layout.")
    capgen_version: str = Field(description="Version of capgen that loaded it.")
    library_versions: dict[str, str] = Field(
        description="Versions of Python and the libraries that matter."
    )
    reader: str = Field(description="Name of the reader.")
    mapping: dict[str, Any] = Field(description="The mapping, with all that was guessed.")
    sources: list[SourceEntry] = Field(description="The exports, by name and digest.")
    account: list[AccountLine] = Field(description="What was found, repaired and guessed.")
    granularity: str = Field(description="Time step.")
    first_timestamp: datetime = Field(description="The earliest timestamp.")
    last_timestamp: datetime = Field(description="The latest timestamp.")
    metrics: list[MetricColumn] = Field(description="The metrics' columns, in order.")
    sample_counts: list[str] = Field(
        description="Columns with the number of samples behind values, in order; none for raw ones."
    )
    labels: list[str] = Field(description="The columns of servers' labels, in order.")
    holidays: Holidays = Field(description="The calendar behind is_holiday.")
    servers: dict[str, int] = Field(description="Number of servers, by server type.")
    rows: int = Field(description="Number of rows.")
    content_digest: str = Field(
        description="Digest of all cells; does not depend on how they are laid out in files."
    )
    files: list[FileEntry] = Field(description="The data files, by path.")
    side_files: list[SideEntry] = Field(description="Files beside the data.")
    manifest_digest: str = Field(
        default="", description="SHA-256 of this document without this key."
    )

    @property
    def citation(self) -> str:
        """A line to cite the telemetry by."""
        days = f"{self.first_timestamp.date()} to {self.last_timestamp.date()}"
        count = sum(self.servers.values())
        exports = counted(len(self.sources), "export")
        return (
            f"telemetry loaded by capgen {self.capgen_version} from {exports}, "
            f"{counted(count, 'server')}, {days}, {self.granularity}, content {self.content_digest}"
        )

    def description(self) -> Description:
        """Return what the rows are; the macros have the default calendar with these holidays."""
        return Description(
            schema=self.rows_schema,
            metrics=tuple(self.metrics),
            labels=tuple(self.labels),
            granularity=self.granularity,
            first_timestamp=self.first_timestamp,
            last_timestamp=self.last_timestamp,
            calendar=calendar_of_days(
                self.holidays, self.first_timestamp.date(), self.last_timestamp.date()
            ),
            sample_counts=tuple(self.sample_counts),
        )

    def model(self) -> None:
        """Return none: what was measured follows no configuration."""

    @property
    def fleet(self) -> dict[str, int]:
        """Number of servers, by server type."""
        return self.servers

    @property
    def account_cells(self) -> list[list[str]]:
        """What was found and mended, the most frequent first: what, where, how often, in words.

        Guesses come last, and have no count.
        """
        lines = sorted(self.account, key=lambda line: -line.count)
        return [
            [line.name, line.about, f"{line.count:,}" if line.count else "", line.says]
            for line in lines
        ]

    @property
    def rows_schema(self) -> pl.Schema:
        """The columns of the rows, with their types."""
        metrics = [metric.name for metric in self.metrics]
        return telemetry_schema(metrics, self.sample_counts, self.labels)


def telemetry_schema(
    metrics: Sequence[str], sample_counts: Sequence[str], labels: Sequence[str]
) -> pl.Schema:
    """Return the columns of telemetry, with their types.

    Args:
        metrics: columns of the metrics, in order.
        sample_counts: columns with the number of samples behind values.
        labels: columns of servers' labels.
    """
    of_dates = [name for name in AFTER_METRICS if name not in SERVER_COLUMNS]
    names = [*BEFORE_METRICS, *metrics, *sample_counts, *labels, *of_dates]
    counts = dict.fromkeys(sample_counts, pl.Int32())
    return pl.Schema({**schema_of(names, metrics), **counts})
