"""The manifest: what a dataset is, and which files it has."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from capgen.config import Config, config_digest, model_digest
from capgen.config.documents import read_document
from capgen.config.holiday_days import HolidayDays, resolved_days
from capgen.dataset import content
from capgen.dataset.files import write_whole
from capgen.dataset.layout import MANIFEST, MANIFEST_SCHEMA
from capgen.dataset.sizes import Sizes
from capgen.dataset.store_errors import plain_errors
from capgen.errors import CapgenError, RequestError
from capgen.panel.fleet import archetype_counts
from capgen.version import __version__

MANIFEST_VERSION = 1
_LIBRARIES = ("polars", "duckdb", "numpy", "pyarrow")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SideEntry(_Part):
    """One file beside the data."""

    path: str = Field(description="Relative to the dataset's folder.")
    bytes: int = Field(description="Size of the file.")
    sha256: str = Field(description="SHA-256 of the file, 64 hexadecimal digits.")


class FileEntry(SideEntry):
    """One data file."""

    rows: int = Field(description="Number of rows.")
    content_digest: str = Field(description="Digest of its cells, 32 hexadecimal digits.")
    first_timestamp: datetime = Field(description="The earliest timestamp in it.")
    last_timestamp: datetime = Field(description="The latest timestamp in it.")


class Manifest(_Part):
    """What a dataset is, and which files it has."""

    manifest_version: int = Field(description="Version of this layout.")
    capgen_version: str = Field(description="Version of capgen that built it.")
    library_versions: dict[str, str] = Field(description="Versions of Python and the libraries that matter.")
    seed: int = Field(description="The seed, as in config.")
    config_digest: str = Field(description="Digest of what was configured of the model.")
    model_digest: str = Field(default="", description="Digest of the model: with version and seed, what to cite.")
    config: dict[str, Any] = Field(description="The whole configuration but where it goes.")
    holiday_days: HolidayDays | None = Field(
        default=None, description="Holidays of the calendars in config, for the days that decide cells."
    )
    granularity: str = Field(description="Time step, as in config.")
    first_timestamp: datetime = Field(description="Start of the time axis.")
    last_timestamp: datetime = Field(description="End of the time axis.")
    sizes: Sizes = Field(description="How large the files and row groups may be.")
    servers: dict[str, int] = Field(description="Number of servers, by server type.")
    rows: int = Field(description="Number of rows.")
    content_digest: str = Field(description="Digest of all cells; does not depend on how they are laid out in files.")
    files: list[FileEntry] = Field(description="The data files, by path.")
    side_files: list[SideEntry] = Field(description="Files beside the data, such as the ledger of events.")
    manifest_digest: str = Field(default="", description="SHA-256 of this document without this key.")

    @property
    def citation(self) -> str:
        """What to cite the dataset by."""
        return cited(self.capgen_version, self.seed, self.model_digest or self.config_digest)

    @property
    def paths(self) -> list[str]:
        """The paths of all files that are made before the manifest."""
        return [entry.path for entry in [*self.files, *self.side_files]]

    @property
    def entries(self) -> dict[str, FileEntry]:
        """The data files by path."""
        return {entry.path: entry for entry in self.files}

    def load_config(self) -> Config:
        """Return the configuration that the dataset was built from.

        Raises:
            CapgenError: this version of capgen does not understand it.
        """
        # As it stands, not laid over the defaults: these have archetypes and metrics that it may have taken away.
        days = self.holiday_days and self.holiday_days.model_dump(mode="json")
        text = json.dumps({**self.config, "holiday_days": days, "out": "data"})
        try:
            return read_document(Config, text)
        except ValueError as error:
            raise CapgenError(
                f"manifest of capgen {self.capgen_version}: expected a configuration that capgen {__version__} "
                f"understands, got {error}; use that version, or build anew in another folder"
            ) from None


def cited(version: str, seed: int, digest: str) -> str:
    """Return what the values of cells follow from, in a line.

    Args:
        version: of capgen.
        seed: of the dataset.
        digest: of its model; the first digits are enough.
    """
    return f"capgen {version}, seed {seed}, config {digest[:16]}"


def manifest_of(
    config: Config, sizes: Sizes, files: Iterable[FileEntry], side_files: Iterable[SideEntry] = ()
) -> Manifest:
    """Return the manifest of a dataset.

    Args:
        config: what it was built from.
        sizes: of files and row groups.
        files: its data files, in any order.
        side_files: files beside the data.
    """
    entries = sorted(files, key=lambda entry: entry.path)
    manifest = Manifest(
        manifest_version=MANIFEST_VERSION,
        capgen_version=__version__,
        library_versions={
            "python": platform.python_version(),
            **{name: importlib.metadata.version(name) for name in _LIBRARIES},
        },
        seed=config.seed,
        config_digest=config_digest(config),
        model_digest=model_digest(config),
        config=config_values(config),
        holiday_days=resolved_days(config),
        granularity=config.granularity,
        first_timestamp=min(entry.first_timestamp for entry in entries),
        last_timestamp=max(entry.last_timestamp for entry in entries),
        sizes=sizes,
        servers=archetype_counts(config),
        rows=sum(entry.rows for entry in entries),
        content_digest=content.as_text(content.combined(int(entry.content_digest, 16) for entry in entries)),
        files=entries,
        side_files=list(side_files),
    )
    return manifest.model_copy(update={"manifest_digest": _digest(manifest)})


def config_values(config: Config) -> dict[str, Any]:
    """Return a configuration as plain data, without where it goes and what its calendars' days are.

    Args:
        config: a valid configuration.
    """
    return config.model_dump(mode="json", exclude={"out", "env", "storage", "holiday_days"}, exclude_none=True)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write a manifest and its JSON Schema; the manifest last, because it is what makes a folder a dataset.

    Args:
        folder: the dataset's folder.
        manifest: what to write.
    """
    write_whole(folder / MANIFEST_SCHEMA, json.dumps(Manifest.model_json_schema(), indent=2) + "\n")
    write_whole(folder / MANIFEST, manifest.model_dump_json(indent=2) + "\n")


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a dataset.

    Args:
        folder: the dataset's folder.

    Returns:
        The manifest.

    Raises:
        RequestError: there is none.
        CapgenError: it is damaged, or of a version that this capgen does not know.
    """
    path = folder / MANIFEST
    try:
        with plain_errors(folder):
            text = path.read_text(encoding="utf-8")
        manifest = read_document(Manifest, text)
    except (FileNotFoundError, NotADirectoryError):
        raise RequestError(f"{folder}: expected a dataset built by capgen, found no {MANIFEST}") from None
    except ValueError as error:  # bytes that are no text, too
        if not isinstance(error, UnicodeDecodeError) and '"kind": "rollup"' in text:
            raise RequestError(f"{folder}: expected a dataset built by capgen build, got a rollup of one") from None
        raise CapgenError(
            f"{path}: expected a manifest of version {MANIFEST_VERSION}, got {error}; restore it from a copy, "
            "or build anew in another folder"
        ) from None
    if manifest.manifest_digest != _digest(manifest):
        raise CapgenError(
            f"{path}: expected an unaltered manifest, got one that does not match its own digest; restore it from a "
            "copy, or build anew in another folder"
        )
    return manifest


def _digest(manifest: Manifest) -> str:
    # Of the keys that it has: a manifest of an earlier version has fewer.
    text = manifest.model_dump_json(exclude={"manifest_digest"}, exclude_unset=True)
    return hashlib.sha256(text.encode()).hexdigest()
