"""Opens a dataset for checking: its files, its configuration, and its rows as a DuckDB view."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from capgen import sql
from capgen.config import Config
from capgen.dataset.any_manifest import read_any_manifest
from capgen.dataset.data_files import table_files, view_files
from capgen.dataset.description import Description
from capgen.dataset.metric_column import MetricColumn
from capgen.errors import CapgenError, RequestError
from capgen.quality.declared import declared_of
from capgen.storage.folders import folder_of
from capgen.storage.inspection import damaged_files, data_files, has_few_rows
from capgen.storage.layout import is_in_partition
from capgen.storage.store.errors import plain_errors, unread
from capgen.system.processors import processors

# Servers whose ids reach the reader of the files, so that it skips row groups without them.
_MOST_SOUGHT = 10_000
_FEW_ROWS = 50_000  # some 10 MB in memory
_SOME_ROWS = 200_000  # one thread reads them in the time that it takes to start a DuckDB
_MOST_THREADS = 4  # each holds row groups and sums of its own, some 50 MB


@dataclass(frozen=True, slots=True)
class Source:
    """A dataset that is open for checking.

    Args:
        folder: the dataset's folder.
        described: what its rows are, or should be.
        model: the configuration that it should follow; None for data that was loaded.
        files: its data files, sorted.
        strays: Parquet files that do not lie in a folder of year and server type.
        connection: DuckDB with the view `panel` where there are files.
        metrics: those whose columns can be read; all of them, until the schema is known.
        origin: the configuration that the data was made from, where this version of capgen made it;
            else why nothing can be remade.
    """

    folder: Path
    described: Description
    model: Config | None
    files: tuple[Path, ...]
    strays: tuple[Path, ...]
    connection: sql.Connection
    metrics: tuple[MetricColumn, ...]
    origin: Config | str

    @property
    def config(self) -> Config:
        """The configuration that the dataset should follow, for rules that need one."""
        if self.model is None:
            raise LookupError(f"{self.folder}: expected a configuration, got data that was loaded")
        return self.model

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the metrics that can be read."""
        return tuple(metric.key for metric in self.metrics)

    @property
    def columns(self) -> list[str]:
        """The columns of the metrics that can be read."""
        return [metric.name for metric in self.metrics]

    def calendar_parameters(self) -> dict[str, Any]:
        """Return what a query needs to lay out the timestamps."""
        return {
            "first_timestamp": self.described.first_timestamp,
            "last_timestamp": self.described.last_timestamp,
            "step_minutes": self.described.step_minutes,
        }

    def with_columns(self, columns: Collection[str]) -> Source:
        """Return the same source with only those metrics whose columns can be read.

        Args:
            columns: that can be read.
        """
        known = tuple(metric for metric in self.metrics if metric.name in columns)
        return replace(self, metrics=known)


@contextmanager
def open_source(folder: Path, config_file: Path | None) -> Iterator[Source]:
    """Open a dataset for checking.

    Args:
        folder: the dataset's folder.
        config_file: the configuration that it should follow; by default that of its manifest, and
            none where the manifest is that of telemetry.

    Yields:
        The source, closed on leaving.

    Raises:
        RequestError: there is no such folder, no Parquet file in it, or nothing that says what to
            expect.
        CapgenError: a file cannot be read.
    """
    files = _files(folder)
    model, described, origin = declared_of(folder, config_file)
    strays = tuple(each for each in files if not is_in_partition(str(each.relative_to(folder))))
    whole = tuple(each for each in files if each not in set(strays))
    try:
        with _connected(whole, described) as connection:
            yield Source(
                folder, described, model, whole, strays, connection, described.metrics, origin
            )
    except sql.DatabaseError as error:
        raise CapgenError(
            f"{folder}: expected Parquet files that DuckDB can read, got {unread(error)}"
        ) from None


@contextmanager
def _connected(files: Sequence[Path], described: Description) -> Iterator[sql.Connection]:
    """Open DuckDB with the rows of the files as `panel`.

    Few rows are read once, into the DuckDB that the process keeps: all queries together take less
    time over them than to start a DuckDB, to open the files for each query, or to optimise plans.
    Some more are read by it from their files, for each query.
    """
    if has_few_rows(files, most=_FEW_ROWS):
        with sql.open_kept() as connection:
            connection.execute("pragma disable_optimizer")
            table_files(connection, "panel", files, described.schema)
            yield connection
    elif has_few_rows(files, most=_SOME_ROWS):
        with sql.open_kept() as connection:
            view_files(connection, "panel", files)
            yield connection
    else:
        with sql.connect_empty(_settings()) as connection:
            if files:
                view_files(connection, "panel", files)
            yield connection


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


def altered_files(folder: Path) -> list[str]:
    """Return the files that are not those that the manifest names; none without a manifest.

    Args:
        folder: the dataset's folder. In a store only sizes are compared: bytes would have to be
            fetched again.
    """
    try:
        manifest = read_any_manifest(folder)
    except CapgenError:
        return []
    is_read = folder_of(folder).is_cheap_to_read
    return [problem.path for problem in damaged_files(folder, manifest, read=is_read)]
