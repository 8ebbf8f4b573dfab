"""The manifest of a rollup: which dataset it comes from, and which files it has."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from capgen.columns import SQL_TYPES
from capgen.dataset.description import Description
from capgen.dataset.manifest_base import ManifestBase
from capgen.dataset.metric_column import MetricColumn
from capgen.errors import CapgenError
from capgen.panel.macro_calendar import MacroCalendar
from capgen.storage.entries import DataEntry, SideEntry
from capgen.version import __version__

_VERSION = 2  # the first one does not say what the columns are
_TYPES = {name: kind for kind, name in SQL_TYPES.items()}


class RollupSource(BaseModel):
    """The dataset that a rollup was worked out from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    citation: str = Field(description="What to cite it by.")
    manifest_digest: str = Field(description="Digest of its manifest.")
    granularity: str = Field(description="Its time step.")
    rows: int = Field(description="Number of rows, as its manifest says.")
    damaged_files: list[str] = Field(
        description="Its files that were missing or altered; what was left was used."
    )


class RollupRows(BaseModel):
    """What the rows of a rollup are."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    columns: dict[str, str] = Field(description="Types of the columns in SQL, in order.")
    metrics: tuple[MetricColumn, ...] = Field(description="What the metrics' columns are.")
    labels: tuple[str, ...] = Field(description="Columns of servers' labels.")
    calendar: MacroCalendar = Field(description="What the SQL macros know, as of the dataset.")
    servers: dict[str, int] = Field(description="Number of servers, by server type.")


class RollupManifest(ManifestBase):
    """What a rollup is, and which files it has."""

    expected: ClassVar[str] = "an unaltered manifest of a rollup"
    unaltered: ClassVar[str] = expected
    way_out: ClassVar[str] = "roll its dataset up again"
    mends: ClassVar[str] = way_out
    made: ClassVar[str] = "rolled up"
    may_roll_up: ClassVar[bool] = False
    no_model: ClassVar[str] = f"a rollup; name its dataset, or {way_out}"

    kind: Literal["rollup"] = Field(
        default="rollup", description="Tells a rollup from a dataset that was built."
    )
    rollup_version: int = Field(description="Version of this layout.")
    capgen_version: str = Field(description="Version of capgen that wrote it.")
    source: RollupSource = Field(description="What it was worked out from.")
    granularity: str = Field(description="Time step.")
    quantile: float = Field(description="What stands in the metrics' own columns.")
    first_timestamp: datetime = Field(description="Start of the first period.")
    last_timestamp: datetime = Field(description="Start of the last period.")
    rows: int = Field(description="Number of rows.")
    partial_rows: int = Field(
        description="Number of rows whose period has fewer steps than a whole one."
    )
    made_of: RollupRows | None = Field(
        default=None, description="What the rows are; rollups of version 1 do not say it."
    )
    files: list[DataEntry] = Field(description="The data files, by path.")
    manifest_digest: str = Field(
        default="", description="SHA-256 of this document without this key."
    )

    @property
    def side_files(self) -> list[SideEntry]:
        """Files beside the data: a rollup has none."""
        return []

    @property
    def citation(self) -> str:
        """A line to cite the rollup by."""
        return f"{self.granularity} rollup of {self.source.citation}"

    def description(self) -> Description:
        """Return what the rows are.

        Raises:
            CapgenError: an earlier version wrote the rollup, and does not say it.
        """
        if self.made_of is None:
            raise CapgenError(
                f"rollup of capgen {self.capgen_version}: expected one that says what its columns "
                f"are, got none; {self.way_out}"
            )
        return Description(
            schema=pl.Schema({name: _TYPES[kind] for name, kind in self.made_of.columns.items()}),
            metrics=self.made_of.metrics,
            labels=self.made_of.labels,
            granularity=self.granularity,
            first_timestamp=self.first_timestamp,
            last_timestamp=self.last_timestamp,
            calendar=self.made_of.calendar,
        )

    @property
    def fleet(self) -> dict[str, int]:
        """Number of servers, by server type; empty where the rollup does not say it."""
        return self.made_of.servers if self.made_of else {}


def source_of(manifest: ManifestBase, damaged: Sequence[str]) -> RollupSource:
    """Return what a rollup's manifest says about its dataset.

    Args:
        manifest: the dataset's manifest.
        damaged: the dataset's files that are missing or altered.
    """
    values = manifest.model_dump(include=set(RollupSource.model_fields))
    return RollupSource(**values, citation=manifest.citation, damaged_files=list(damaged))


def rollup_manifest(
    source: RollupSource,
    granularity: str,
    quantile: float,
    span: tuple[datetime, datetime],
    files: Sequence[DataEntry],
    partial_rows: int,
    rows: RollupRows,
) -> RollupManifest:
    """Return the manifest of a rollup.

    Args:
        source: the dataset that was rolled up.
        granularity: the rollup's time step.
        quantile: the quantile in the metrics' own columns.
        span: the starts of the first and the last period.
        files: the rollup's data files.
        partial_rows: number of rows with a partial period.
        rows: what the rows are.
    """
    manifest = RollupManifest(
        kind="rollup",
        rollup_version=_VERSION,
        capgen_version=__version__,
        source=source,
        granularity=granularity,
        quantile=quantile,
        first_timestamp=span[0],
        last_timestamp=span[1],
        rows=sum(file.rows for file in files),
        partial_rows=partial_rows,
        made_of=rows,
        files=sorted(files, key=lambda file: file.path),
    )
    return manifest.signed()
