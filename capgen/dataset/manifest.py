"""The manifest of a dataset: what it is, and which files it has."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field, PrivateAttr

from capgen.config import Config, Resolved, resolve
from capgen.config.documents import read_document
from capgen.config.merging import KeySource
from capgen.config.resolved_days import HolidayDays
from capgen.dataset.description import Description, description_of
from capgen.dataset.kept_library import with_library
from capgen.dataset.manifest_base import BUILT, ManifestBase, kind_of
from capgen.dataset.sizes import Sizes
from capgen.errors import CapgenError, RequestError
from capgen.storage.entries import FileEntry, SideEntry
from capgen.storage.files import file_of
from capgen.storage.layout import MANIFEST
from capgen.storage.store.errors import plain_errors
from capgen.version import __version__
from capgen.words import counted

MANIFEST_VERSION = 1


class Manifest(ManifestBase):
    """What a dataset is, and which files it has."""

    expected: ClassVar[str] = f"a manifest of version {MANIFEST_VERSION}"
    unaltered: ClassVar[str] = "an unaltered manifest"
    way_out: ClassVar[str] = "restore it from a copy, or build again in another folder"
    mends: ClassVar[str] = "capgen repair {folder} remakes missing and altered files"
    made: ClassVar[str] = "built"

    manifest_version: int = Field(description="Version of this layout.")
    capgen_version: str = Field(description="Version of capgen that built it.")
    library_versions: dict[str, str] = Field(
        description="Versions of Python and the libraries that matter."
    )
    seed: int = Field(description="The seed, as in config.")
    config_digest: str = Field(description="Digest of what was configured of the model.")
    model_digest: str = Field(
        default="", description="Digest of the model: with version and seed, what to cite."
    )
    config: dict[str, Any] = Field(description="The whole configuration but where it goes.")
    holiday_days: HolidayDays | None = Field(
        default=None,
        description="Holidays of the calendars in config, for the days that decide cells.",
    )
    granularity: str = Field(description="Time step, as in config.")
    first_timestamp: datetime = Field(description="Start of the time axis.")
    last_timestamp: datetime = Field(description="End of the time axis.")
    sizes: Sizes = Field(description="How large the files and row groups may be.")
    servers: dict[str, int] = Field(description="Number of servers, by server type.")
    rows: int = Field(description="Number of rows.")
    content_digest: str = Field(
        description="Digest of all cells; does not depend on how they are laid out in files."
    )
    files: list[FileEntry] = Field(description="The data files, by path.")
    side_files: list[SideEntry] = Field(
        description="Files beside the data, such as the ledger of events."
    )
    manifest_digest: str = Field(
        default="", description="SHA-256 of this document without this key."
    )

    _path: Path | None = PrivateAttr(default=None)

    @property
    def citation(self) -> str:
        """A line to cite the dataset by, which names this one alone."""
        days = f"{self.first_timestamp.date()} to {self.last_timestamp.date()}"
        window = f"{days}, {self.granularity}"
        servers = counted(sum(self.servers.values()), "server")
        return (
            f"capgen {self.capgen_version}, seed {self.seed}, "
            f"model {(self.model_digest or self.config_digest)[:16]}, "
            f"{servers}, {window}, content {self.content_digest}"
        )

    def description(self) -> Description:
        """Return what the rows are.

        Raises:
            CapgenError: this version of capgen does not understand the configuration.
        """
        return description_of(self.load_config())

    @property
    def fleet(self) -> dict[str, int]:
        """Number of servers, by server type."""
        return self.servers

    @property
    def origin(self) -> Mapping[str, str]:
        """What the data was made from, as the metadata of what is made from it."""
        return {
            "capgen.version": self.capgen_version,
            "capgen.seed": str(self.seed),
            "capgen.config_digest": self.config_digest,
            "capgen.citation": self.citation,
        }

    def __eq__(self, other: object) -> bool:
        """Tell whether two manifests say the same, wherever they lie."""
        return isinstance(other, Manifest) and self.text == other.text

    @property
    def made_by(self) -> str:
        """The versions of capgen and of the libraries that made the dataset."""
        libraries = (f"{name} {version}" for name, version in self.library_versions.items())
        return ", ".join([f"capgen {self.capgen_version}", *libraries])

    @property
    def entries(self) -> dict[str, FileEntry]:
        """The data files by path."""
        return {entry.path: entry for entry in self.files}

    def resolve(self, flags: Iterable[KeySource] = (), years: int | None = None) -> Resolved:
        """Return the configuration that the dataset was built from, with some keys changed.

        Args:
            flags: layers with the keys to change.
            years: length of the window, in place of its end.

        Raises:
            ConfigError: the changed configuration is wrong.
        """
        return resolve(base=KeySource("manifest", self._config_values()), flags=flags, years=years)

    def load_config(self) -> Config:
        """Return the configuration that the dataset was built from.

        Raises:
            CapgenError: this version of capgen does not understand it.
        """
        # Not on top of the defaults: they have archetypes and metrics that this one may lack.
        try:
            return read_document(Config, json.dumps(self._config_values()))
        except ValueError as error:
            raise CapgenError(
                f"manifest of capgen {self.capgen_version}: expected a configuration that capgen "
                f"{__version__} understands, got {error}; use that version, or build again in "
                "another folder"
            ) from None

    def _config_values(self) -> dict[str, Any]:
        days = self.holiday_days
        known = {} if days is None else {"holiday_days": days.model_dump(mode="json")}
        values = {**self.config, **known, "out": "data"}
        return with_library(values, self._path) if self._path else values


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a dataset.

    Args:
        folder: the dataset's folder.

    Raises:
        RequestError: the folder has no manifest.
        CapgenError: the manifest is damaged, or of a version that this capgen does not know.
    """
    try:
        return _read(folder / MANIFEST)
    except (FileNotFoundError, NotADirectoryError):
        raise RequestError(
            f"{folder}: expected a dataset built by capgen, found no {MANIFEST}"
        ) from None


def read_origin(place: Path) -> Manifest:
    """Read the manifest that a build starts from.

    Args:
        place: a dataset's folder, or a file with a manifest.

    Raises:
        RequestError: there is no manifest.
        CapgenError: the manifest is damaged, or of a version that this capgen does not know.
    """
    with plain_errors(place):
        is_file = place.is_file()
    return _read(place) if is_file else read_manifest(place)


def _read(path: Path) -> Manifest:
    try:
        with plain_errors(path):
            file_of(path).check_is_file()
            text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Manifest.damaged(path, error) from None
    kind = kind_of(text)
    if kind != BUILT:
        raise RequestError(
            f"{path}: expected the manifest of a dataset built by capgen build, got that of "
            f"{_no_build(kind)}"
        )
    found = Manifest.parse(path, text)
    found._path = path
    return found


def _no_build(kind: str) -> str:
    from capgen.dataset.other_kinds import OTHER_KINDS  # most programs read none of them

    if kind in OTHER_KINDS:
        return OTHER_KINDS[kind].no_model
    return f"a {kind}, which capgen {__version__} does not know"
