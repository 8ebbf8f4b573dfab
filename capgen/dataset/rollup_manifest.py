"""The manifest of a rollup: from which dataset it was worked out, and which files it has."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from capgen.config.documents import read_document
from capgen.dataset.manifest import Manifest, read_manifest
from capgen.errors import CapgenError
from capgen.storage.confinement import check_confined, check_is_file
from capgen.storage.entries import DataEntry, SideEntry
from capgen.storage.files import write_whole
from capgen.storage.layout import MANIFEST, MANIFEST_SCHEMA
from capgen.storage.store_errors import plain_errors
from capgen.version import __version__

_VERSION = 1


class RollupSource(BaseModel):
    """The dataset that a rollup was worked out from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    citation: str = Field(description="What to cite it by.")
    manifest_digest: str = Field(description="Digest of its manifest.")
    granularity: str = Field(description="Its time step.")
    rows: int = Field(description="Number of rows, as its manifest says.")
    damaged_files: list[str] = Field(description="Its files that were missing or altered; what was left was used.")


class RollupManifest(BaseModel):
    """What a rollup is, and which files it has."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["rollup"] = Field(default="rollup", description="Tells a rollup from a dataset that was built.")
    rollup_version: int = Field(description="Version of this layout.")
    capgen_version: str = Field(description="Version of capgen that wrote it.")
    source: RollupSource = Field(description="What it was worked out from.")
    granularity: str = Field(description="Time step.")
    quantile: float = Field(description="What stands in the metrics' own columns.")
    first_timestamp: datetime = Field(description="Start of the first period.")
    last_timestamp: datetime = Field(description="Start of the last period.")
    rows: int = Field(description="Number of rows.")
    partial_rows: int = Field(description="Number of rows whose period has fewer steps than a whole one.")
    files: list[DataEntry] = Field(description="The data files, by path.")
    manifest_digest: str = Field(default="", description="SHA-256 of this document without this key.")

    @property
    def side_files(self) -> list[SideEntry]:
        """Files beside the data: a rollup has none."""
        return []

    @property
    def entries(self) -> dict[str, DataEntry]:
        """The data files by path."""
        return {entry.path: entry for entry in self.files}

    @property
    def citation(self) -> str:
        """What to cite the rollup by."""
        return f"{self.granularity} rollup of {self.source.citation}"


def source_of(manifest: Manifest, damaged: Sequence[str]) -> RollupSource:
    """Return what a rollup says of the dataset it was worked out from.

    Args:
        manifest: of the dataset.
        damaged: its files that are missing or altered.
    """
    values = manifest.model_dump(include=set(RollupSource.model_fields))
    return RollupSource(**values, citation=manifest.citation, damaged_files=list(damaged))


def write_rollup_manifest(folder: Path, manifest: RollupManifest) -> None:
    """Write a manifest and its JSON Schema; the manifest last, because it is what makes the folder whole.

    Args:
        folder: of the rollup.
        manifest: what to write; its digest is added.
    """
    whole = manifest.model_copy(update={"manifest_digest": _digest(manifest)})
    write_whole(folder / MANIFEST_SCHEMA, json.dumps(RollupManifest.model_json_schema(), indent=2) + "\n")
    write_whole(folder / MANIFEST, whole.model_dump_json(indent=2) + "\n")


def read_either_manifest(folder: Path) -> Manifest | RollupManifest:
    """Read the manifest of a dataset or of a rollup.

    Args:
        folder: of either.

    Returns:
        The manifest.

    Raises:
        RequestError: there is none.
        CapgenError: it is damaged, or of a version that this capgen does not know.
    """
    path = folder / MANIFEST
    with plain_errors(folder):
        check_is_file(path)
        text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
    if '"kind": "rollup"' not in text:
        return read_manifest(folder)
    try:
        manifest = read_document(RollupManifest, text)
    except ValueError as error:
        got = str(error)
    else:
        if manifest.manifest_digest == _digest(manifest):
            check_confined(path, manifest)
            return manifest
        got = "one that does not match its own digest"
    raise CapgenError(f"{path}: expected an unaltered manifest of a rollup, got {got}; roll its source up anew")


def _digest(manifest: RollupManifest) -> str:
    text = manifest.model_dump_json(exclude={"manifest_digest"})
    return hashlib.sha256(text.encode()).hexdigest()


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
        source: what it was worked out from.
        granularity: its step.
        quantile: what stands in the metrics' own columns.
        span: the starts of its first and last period.
        files: its data files.
        partial_rows: how many rows are of a period that is not whole.
    """
    return RollupManifest(
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
