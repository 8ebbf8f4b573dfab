"""The manifest of a rollup: which dataset it comes from, and which files it has."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from capgen.dataset.manifest import Manifest
from capgen.dataset.manifest_base import ManifestBase
from capgen.storage.entries import DataEntry, SideEntry
from capgen.version import __version__

_VERSION = 1


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


class RollupManifest(ManifestBase):
    """What a rollup is, and which files it has."""

    expected: ClassVar[str] = "an unaltered manifest of a rollup"
    unaltered: ClassVar[str] = expected
    way_out: ClassVar[str] = "roll its dataset up again"

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


def source_of(manifest: Manifest, damaged: Sequence[str]) -> RollupSource:
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
) -> RollupManifest:
    """Return the manifest of a rollup.

    Args:
        source: the dataset that was rolled up.
        granularity: the rollup's time step.
        quantile: the quantile in the metrics' own columns.
        span: the starts of the first and the last period.
        files: the rollup's data files.
        partial_rows: number of rows with a partial period.
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
        files=sorted(files, key=lambda file: file.path),
    )
    return manifest.signed()
