"""Opens a dataset for checking: its files, its configuration, and its rows as a DuckDB view."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from capgen import sql
from capgen.config import Config, load_config
from capgen.config.holiday_days import with_days
from capgen.config.resolved_days import HolidayDays
from capgen.dataset.data_files import view_files
from capgen.dataset.manifest import Manifest, read_manifest
from capgen.errors import CapgenError, RequestError
from capgen.panel.calendar import macro_tables
from capgen.storage.folders import folder_of
from capgen.storage.inspection import damaged_files, data_files
from capgen.storage.layout import is_in_partition
from capgen.storage.store.errors import plain_errors, reading_reason
from capgen.system.processors import processors
from capgen.version import __version__

# Servers whose ids reach the reader of the files, so that it skips row groups without them.
_MOST_SOUGHT = 10_000
_MOST_THREADS = 4  # each holds row groups and sums of its own, some 50 MB


@dataclass(frozen=True, slots=True)
class Source:
    """A dataset that is open for checking.

    Args:
        folder: the dataset's folder.
        config: the configuration that it should follow.
        files: its data files, sorted.
        strays: Parquet files that do not lie in a folder of year and server type.
        connection: DuckDB with the macros, and the view `panel` where there are files.
        keys: metrics whose columns can be read; all of them, until the schema is known.
        origin: the manifest of the data, where this version of capgen made it; else why nothing can
            be remade.
    """

    folder: Path
    config: Config
    files: tuple[Path, ...]
    strays: tuple[Path, ...]
    connection: sql.Connection
    keys: tuple[str, ...]
    origin: Manifest | str

    @property
    def columns(self) -> list[str]:
        """The columns of the metrics that can be read."""
        return [self.config.metrics[key].column for key in self.keys]

    def calendar_parameters(self) -> dict[str, Any]:
        """Return what a query needs to lay out the timestamps."""
        axis = self.config.axis
        return {
            "first_timestamp": axis.timestamp(axis.span.first),
            "last_timestamp": axis.timestamp(axis.span.stop - 1),
            "step_minutes": axis.step_minutes,
        }

    def with_keys(self, keys: tuple[str, ...]) -> Source:
        """Return the same source with fewer metrics.

        Args:
            keys: keys of the metrics whose columns can be read.
        """
        return replace(self, keys=keys)


@contextmanager
def open_source(folder: Path, config_file: Path | None) -> Iterator[Source]:
    """Open a dataset for checking.

    Args:
        folder: the dataset's folder.
        config_file: the configuration that it should follow; by default that of its manifest.

    Yields:
        The source, closed on leaving.

    Raises:
        RequestError: there is no such folder, no Parquet file in it, or nothing that says what to
            expect.
        CapgenError: a file cannot be read.
    """
    files = _files(folder)
    config = _config(folder, config_file)
    origin = _origin(folder)
    strays = tuple(each for each in files if not is_in_partition(str(each.relative_to(folder))))
    whole = tuple(each for each in files if each not in set(strays))
    try:
        with sql.connect(macro_tables(config), _settings()) as connection:
            if whole:
                view_files(connection, "panel", whole)
            yield Source(folder, config, whole, strays, connection, tuple(config.metrics), origin)
    except sql.DatabaseError as error:
        reason = reading_reason(error).splitlines()[0]
        raise CapgenError(
            f"{folder}: expected Parquet files that DuckDB can read, got {reason}"
        ) from None


def _settings() -> dict[str, int]:
    threads = min(processors(), _MOST_THREADS)
    return {"threads": threads, "dynamic_or_filter_threshold": _MOST_SOUGHT}


def _files(folder: Path) -> list[Path]:
    if not folder_of(folder).is_seen():
        raise RequestError(f"{folder}: expected the folder of a dataset, found no such folder")
    with plain_errors(folder):
        files = [folder / name for name in data_files(folder)]
    if not files:
        raise RequestError(
            f"{folder}: expected the folder of a dataset, found no Parquet file in it"
        )
    return files


def _config(folder: Path, config_file: Path | None) -> Config:
    if config_file is not None:
        return with_days(load_config(config_file), _days_kept(folder))
    try:
        return read_manifest(folder).load_config()
    except RequestError as error:
        raise RequestError(f"{error}; say what to expect with --config FILE") from None


def _days_kept(folder: Path) -> HolidayDays | None:
    """Return the holidays that a manifest names; None without a manifest that can be read."""
    try:
        return read_manifest(folder).holiday_days
    except CapgenError:
        return None


def _origin(folder: Path) -> Manifest | str:
    """Return the manifest, which says what the data was made from, or why that is not known."""
    try:
        manifest = read_manifest(folder)
        manifest.load_config()
    except RequestError:
        return "no manifest says what the data was made from"
    except CapgenError as error:
        return str(error)
    if manifest.capgen_version != __version__:
        return (
            f"made by capgen {manifest.capgen_version}, and this is {__version__}: "
            "only that version can remake it"
        )
    return manifest


def altered_files(folder: Path) -> list[str]:
    """Return the files that are not those that the manifest names; none without a manifest.

    Args:
        folder: the dataset's folder. In a store only sizes are compared: bytes would have to be
            fetched again.
    """
    try:
        manifest = read_manifest(folder)
    except CapgenError:
        return []
    is_read = folder_of(folder).is_cheap_to_read
    return [problem.path for problem in damaged_files(folder, manifest, read=is_read)]
