"""Rules that look at each value by itself: inside the clip, flags that fit the timestamp; and the size."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from capgen import sql
from capgen.dataset.data_files import literal
from capgen.quality.closed_form.measured import clip_parameters
from capgen.quality.expected.buckets import bucket_minutes
from capgen.quality.expected.calendars import Calendars, local_flags
from capgen.quality.findings import Finding, Verdict, exact, not_testable
from capgen.quality.source import Source
from capgen.storage.layout import PARTITION

FLAGS = frozenset({"year", "month", "quarter", "dayofweek", "is_weekend", "is_eoq", "is_holiday"})
_SMALLEST_RATIO = 3.0
_ROWS_TO_JUDGE_SIZE = 100_000  # below, file footers count for too much
_DEFAULT_ROWS, _MOST_DEFAULT_BYTES = 175_320, 10_000_000
_MOST_UNITS = 1e15
_SAMPLED_FILES, _SAMPLED_ROWS = 16, 1000


def value_counts(source: Source) -> dict[str, int]:
    """Count the values of all rows.

    Args:
        source: an open dataset.

    Returns:
        As `sql/checks/values.sql` says, by name.
    """
    repeats = [{"column": column} for column in source.columns]
    parameters = {**clip_parameters(source), **_scales(source)}
    (counts,) = sql.run_query(source.connection, "checks/values", parameters, repeats).to_dicts()
    return counts


def _scales(source: Source) -> dict[str, float | None]:
    """Return what makes whole numbers of each metric's values; None where they are too large for a double to tell."""
    scale = 10.0**source.config.decimals
    metrics = (source.config.metrics[key] for key in source.keys)
    return {
        f"{metric.column}_scale": scale if max(map(abs, metric.clip)) * scale < _MOST_UNITS else None
        for metric in metrics
    }


def check_range(source: Source, counts: Mapping[str, int]) -> Finding:
    """Check that every value that is present lies inside its metric's clip; NaN lies outside.

    Args:
        source: an open dataset.
        counts: from `value_counts`.
    """
    outside = {each: counts[f"{each}.present"] - counts[f"{each}.inside"] for each in source.columns}
    present = sum(counts[f"{each}.present"] for each in source.columns)
    note = ", ".join(f"{column}: {count:,}" for column, count in outside.items() if count)
    wrong = [column for column, count in outside.items() if count]
    return exact("valid_range", sum(outside.values()), present, "values outside the clip", note).naming(columns=wrong)


def check_calendar(source: Source, calendars: Calendars) -> Finding:
    """Check that the flags agree with the timestamp, and with the region's clock where it has one.

    Args:
        source: an open dataset.
        calendars: from `hourly_calendars`.
    """
    config, connection = source.config, source.connection
    has_local_time = config.layers.local_time is not None
    window = {"start_date": config.start_date, "end_date": config.end_date, "has_local_time": has_local_time}
    wrong = sql.run_query(connection, "checks/calendar", window)
    if has_local_time:
        connection.register("local_flags", local_flags(config, calendars))
        parameters = {"bucket_minutes": bucket_minutes(config)}
        wrong = pl.concat([wrong, sql.run_query(connection, "checks/local_flags", parameters)])
    note = ", ".join(f"{each['flag']}: {each['cells']:,} from {each['first_day']} on" for each in wrong.to_dicts())
    return exact("calendar", wrong.height, len(FLAGS), "flags wrong", note).naming(columns=wrong["flag"])


def check_size(source: Source) -> Finding:
    """Compare the files' size with what the rows would take as CSV.

    Args:
        source: an open dataset.
    """
    rows = sql.count_rows(source.connection, "panel")
    if rows < _ROWS_TO_JUDGE_SIZE:
        return not_testable("size", f"judged from {_ROWS_TO_JUDGE_SIZE:,} rows on")
    size = sum(file.stat().st_size for file in source.files)
    csv = _csv_bytes_per_row(source) * rows
    is_default = source.config.granularity == "daily" and rows <= _DEFAULT_ROWS
    good = csv >= _SMALLEST_RATIO * size and (not is_default or size < _MOST_DEFAULT_BYTES)
    below = f"; at most {_MOST_DEFAULT_BYTES / 1e6:.0f} MB" if is_default else ""
    return Finding(
        "size",
        "",
        Verdict.PASS if good else Verdict.FAIL,
        f"{csv / size:.1f} : 1",
        f"{_SMALLEST_RATIO:.0f} : 1",
        note=f"{size / 1e6:.1f} MB, {csv / 1e6:.1f} MB as CSV{below}",
        details={"bytes": size, "csv_bytes": round(csv)},
    )


def _csv_bytes_per_row(source: Source) -> float:
    """Estimate it from the first rows of some files, evenly spread."""
    step = -(-len(source.files) // _SAMPLED_FILES)
    few = {"files": literal(source.files[::step]), "partition": PARTITION, "rows": _SAMPLED_ROWS}
    sample = sql.run_query(source.connection, "checks/csv_size", few)
    written = int(sample.select(pl.sum_horizontal(pl.exclude("panel.sampled"))).item())
    return written / max(int(sample["panel.sampled"][0]), 1)
