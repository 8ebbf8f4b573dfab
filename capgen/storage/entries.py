"""The entries by which a manifest names its files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from pydantic import BaseModel, ConfigDict, Field


class SideEntry(BaseModel):
    """One file beside the data."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str = Field(description="Relative to the dataset's folder.")
    bytes: int = Field(description="Size of the file.")
    sha256: str = Field(description="SHA-256 of the file, 64 hexadecimal digits.")


class DataEntry(SideEntry):
    """One data file."""

    rows: int = Field(description="Number of rows.")


class FileEntry(DataEntry):
    """One data file of a dataset."""

    content_digest: str = Field(description="Digest of its cells, 32 hexadecimal digits.")
    first_timestamp: datetime = Field(description="The earliest timestamp in it.")
    last_timestamp: datetime = Field(description="The latest timestamp in it.")


class Inventory(Protocol):
    """What the manifest of a dataset or a rollup says about its files."""

    @property
    def files(self) -> Sequence[DataEntry]:
        """The data files."""

    @property
    def side_files(self) -> Sequence[SideEntry]:
        """The files beside the data."""

    @property
    def rows(self) -> int:
        """Number of rows."""

    @property
    def paths(self) -> list[str]:
        """The paths of all files that are made before the manifest."""

    @property
    def text(self) -> str:
        """The text of the manifest itself."""
