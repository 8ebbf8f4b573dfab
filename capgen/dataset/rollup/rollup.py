"""Rolls a dataset up to a coarser step: P95, mean and maximum of each metric, as Parquet."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import polars as pl

from capgen.columns import SQL_TYPES
from capgen.dataset.any_manifest import read_any_manifest
from capgen.dataset.data_files import KEY_TYPES
from capgen.dataset.description import Description
from capgen.dataset.manifest_base import ManifestBase
from capgen.dataset.rollup.files import Written, write_files
from capgen.dataset.rollup.periods import QUANTILE, check_names, check_step
from capgen.dataset.rollup.rolled import left_out, rolled_columns
from capgen.dataset.rollup_manifest import (
    RollupManifest,
    RollupRows,
    rollup_manifest,
    source_of,
)
from capgen.errors import CapgenError, RequestError
from capgen.storage.files import write_whole
from capgen.storage.folders import folder_of
from capgen.storage.inspection import damaged_files
from capgen.storage.layout import MANIFEST_SCHEMA
from capgen.storage.location import locate
from capgen.storage.store.errors import plain_errors
from capgen.system.paths import StrPath

Step = Literal["daily", "hourly"]


@dataclass(frozen=True, slots=True)
class RollupResult:
    """What a rollup wrote.

    Args:
        out: the rollup's folder.
        rows: number of rows.
        partial_rows: number of rows with a partial period.
        files: number of data files.
        bytes: size of the data files.
        damaged_files: the dataset's files that were missing or altered.
        left_out: why columns of the dataset have no place in the rollup, a line each.
        seconds: wall time.
    """

    out: Path
    rows: int
    partial_rows: int
    files: int
    bytes: int
    damaged_files: tuple[str, ...]
    left_out: tuple[str, ...]
    seconds: float


def rollup(data: StrPath, to: Step, out: StrPath) -> RollupResult:
    """Compute P95, mean and maximum of each metric for each server and period.

    Of telemetry, only raw samples have all three; of means, minima and maxima the same statistic
    of the longer step remains.

    Args:
        data: a dataset's folder.
        to: the rollup's step.
        out: a new or empty folder.

    Returns:
        What was written.

    Raises:
        RequestError: the folder is no dataset, its step is not finer, or the rollup cannot be
            written to `out`.
        CapgenError: a file cannot be read or written; nothing was written.
    """
    started = time.monotonic()
    folder = locate(data).absolute()
    manifest = read_any_manifest(folder)
    if not manifest.may_roll_up:
        raise RequestError(f"{folder}: expected a dataset to roll up, got {manifest.no_model}")
    described = manifest.description()
    check_step(described, to)
    check_names(described)
    target = locate(out).resolve()
    with plain_errors(target), folder_of(target).whole() as (room, spill):
        damaged = list(damaged_files(folder, manifest, read=True))
        gone = {problem.path for problem in damaged if problem.kind == "missing"}
        present = [entry.path for entry in manifest.files if entry.path not in gone]
        written = write_files(folder, present, manifest, described, to, room, spill)
        source = source_of(manifest, [problem.path for problem in damaged])
        span = _span(written, folder)
        rows = _rows(manifest, described, written)
        result = rollup_manifest(
            source, to, QUANTILE, span, written.files, written.partial_rows, rows
        )
        write_whole(room / MANIFEST_SCHEMA, RollupManifest.schema_text())
        result.write(room)
    return RollupResult(
        out=target,
        rows=result.rows,
        partial_rows=result.partial_rows,
        files=len(result.files),
        bytes=sum(file.bytes for file in result.files),
        damaged_files=tuple(problem.path for problem in damaged),
        left_out=tuple(left_out(described)),
        seconds=time.monotonic() - started,
    )


def _rows(manifest: ManifestBase, described: Description, written: Written) -> RollupRows:
    """Return what the rows of a rollup are."""
    types = {**pl.Schema(written.schema), **KEY_TYPES}
    return RollupRows(
        columns={name: SQL_TYPES[kind] for name, kind in types.items()},
        metrics=tuple(metric for each in rolled_columns(described) for metric in each.metrics),
        labels=described.labels,
        calendar=described.calendar,
        servers=manifest.fleet,
    )


def _span(written: Written, folder: Path) -> tuple[datetime, datetime]:
    if not written.starts:
        raise CapgenError(f"{folder}: expected rows, found none")
    return min(written.starts), max(written.starts)
