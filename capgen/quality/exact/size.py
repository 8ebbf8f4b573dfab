"""The rule `size`: the files are far smaller than the same rows as CSV."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from capgen import sql
from capgen.dataset.data_files import literal
from capgen.quality.evidence.evidence import Evidence
from capgen.quality.findings import Finding, Verdict, not_testable
from capgen.quality.rule import Measurement, Rule
from capgen.quality.source import Source
from capgen.storage.layout import PARTITION

SIZE = Rule(
    "size",
    "The files are far smaller than the same rows as CSV.",
    "Bytes of the files, and of some rows as CSV.",
    "CSV to files",
)
_SMALLEST_RATIO = 3.0
_ROWS_TO_JUDGE_SIZE = 100_000  # below, file footers count for too much
_DEFAULT_ROWS = 175_320
_MOST_DEFAULT_BYTES = 10_000_000
_SAMPLED_FILES = 16
_SAMPLED_ROWS = 1000


def size_finding(evidence: Evidence) -> Iterator[Finding]:
    """Yield how much smaller the files are than what the rows would take as CSV.

    Args:
        evidence: the dataset's evidence.
    """
    source = evidence.source
    rows = int(evidence.servers["timestamps"].sum())
    if rows < _ROWS_TO_JUDGE_SIZE:
        yield not_testable(SIZE.name, f"judged from {_ROWS_TO_JUDGE_SIZE:,} rows on")
        return
    size = sum(file.stat().st_size for file in source.files)
    csv = _csv_bytes_per_row(source) * rows
    is_default = source.config.granularity == "daily" and rows <= _DEFAULT_ROWS
    good = csv >= _SMALLEST_RATIO * size and (not is_default or size < _MOST_DEFAULT_BYTES)
    below = f"; at most {_MOST_DEFAULT_BYTES / 1e6:.0f} MB" if is_default else ""
    yield Finding(
        SIZE.name,
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


MEASUREMENT = Measurement((SIZE,), size_finding, needs=Evidence.has_all_columns)
