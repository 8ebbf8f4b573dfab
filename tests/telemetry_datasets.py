"""Writes telemetry from a frame, for tests of what reads it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import polars as pl

from capgen.dataset.metric_column import MetricColumn
from capgen.dataset.telemetry_manifest import TelemetryManifest
from capgen.settings.holidays import Holidays
from capgen.storage.entries import FileEntry
from capgen.storage.files import sha256
from capgen.storage.layout import part_path
from capgen.timeline.holiday_library import library_days
from capgen.version import __version__

CPU = MetricColumn(name="cpu_p95", key="cpu", unit="percent", statistic="p95")

HOLIDAYS = Holidays(country="US", observed=True)


def write_telemetry(
    folder: Path,
    rows: pl.DataFrame,
    metrics: Sequence[MetricColumn] = (CPU,),
    granularity: str = "hourly",
    labels: Sequence[str] = ("server_type",),
    sample_counts: Sequence[str] = (),
    zone: str | None = None,
) -> Path:
    """Write telemetry and return its folder.

    Args:
        folder: where to write it.
        rows: columns timestamp, server_id, those of the metrics, and the labels.
        metrics: what the metrics' columns are.
        granularity: the rows' time step.
        labels: names of the servers' labels, server_type among them.
        sample_counts: names of the columns with the number of samples behind values.
        zone: the clock by which the exports were written; None where they do not say.
    """
    moment = pl.col("timestamp")
    whole = rows.with_columns(
        year=moment.dt.year().cast(pl.Int64),
        month=moment.dt.month().cast(pl.Int8),
        quarter=moment.dt.quarter().cast(pl.Int8),
        dayofweek=(moment.dt.weekday() - 1).cast(pl.Int8),
        is_weekend=(moment.dt.weekday() > 5).cast(pl.Int8),
        is_eoq=(
            (moment.dt.month_end().dt.date() == moment.dt.date()) & (moment.dt.month() % 3 == 0)
        ).cast(pl.Int8),
        is_holiday=moment.dt.date().is_in(_free_days(rows)).cast(pl.Int8),
    ).sort("timestamp", "server_id")
    manifest = TelemetryManifest(
        kind="telemetry",
        telemetry_version=1,
        capgen_version=__version__,
        library_versions={},
        reader="table",
        mapping={} if zone is None else {"time": {"zone": zone}},
        sources=[],
        account=[],
        granularity=granularity,
        first_timestamp=_first(whole),
        last_timestamp=_last(whole),
        metrics=list(metrics),
        sample_counts=list(sample_counts),
        labels=list(labels),
        holidays=HOLIDAYS,
        servers=dict(whole.group_by("server_type").agg(pl.n_unique("server_id")).iter_rows()),
        rows=whole.height,
        content_digest="0" * 32,
        files=[],
        side_files=[],
    )
    files: list[FileEntry] = []
    for (year, kind), part in whole.sort("server_id", "timestamp").group_by(
        "year", "server_type", maintain_order=True
    ):
        path = part_path(int(str(year)), str(kind), 0)
        file = folder / path
        file.parent.mkdir(parents=True)
        part.select(
            name for name in manifest.rows_schema if name not in {"year", "server_type"}
        ).write_parquet(file)
        entry = FileEntry(
            path=path,
            bytes=file.stat().st_size,
            sha256=sha256(file),
            rows=part.height,
            content_digest="0" * 32,
            first_timestamp=_first(part),
            last_timestamp=_last(part),
        )
        files.append(entry)
    found = manifest.model_copy(update={"files": sorted(files, key=lambda entry: entry.path)})
    found.signed().write(folder)
    return folder


def _free_days(rows: pl.DataFrame) -> list[date]:
    days = rows["timestamp"].dt.date().unique().sort().to_list()
    return list(library_days(HOLIDAYS, days[0], days[-1]))


def _first(rows: pl.DataFrame) -> datetime:
    found: datetime = rows["timestamp"].to_list()[0]
    return found


def _last(rows: pl.DataFrame) -> datetime:
    found: datetime = rows["timestamp"].to_list()[-1]
    return found
