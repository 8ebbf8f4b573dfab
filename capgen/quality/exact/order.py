"""The rule `order`: in each file, rows are sorted by server and then by timestamp."""

from __future__ import annotations

from collections.abc import Iterator

from capgen import sql
from capgen.dataset.data_files import literal
from capgen.quality.evidence.evidence import KEYS, Evidence
from capgen.quality.findings import Finding, exact
from capgen.quality.rule import EVERY_ROW, Measurement, Rule, reads
from capgen.quality.source import Source

ORDER = Rule(
    "order",
    "In each file, rows are sorted by server and then by timestamp.",
    EVERY_ROW,
    "files at fault",
)
_MOST_NAMED = 3


def order_finding(evidence: Evidence) -> Iterator[Finding]:
    """Yield how many files have rows out of order.

    Args:
        evidence: the dataset's evidence.
    """
    source = evidence.source
    files = literal(source.files)
    unsorted = sql.fetch_rows(source.connection, "checks/row_order", {"files": files})
    named = [_said(source, **file) for file in unsorted[:_MOST_NAMED]]
    note = "; ".join(named)
    yield exact(ORDER.name, len(unsorted), len(files), "files", note)


def _said(source: Source, filename: str, first_row: int, **_: object) -> str:
    path = filename.removeprefix(f"{source.folder.absolute()}/")
    return f"{path}: row {first_row + 1:,} comes before row {first_row:,} by server and timestamp"


MEASUREMENT = Measurement((ORDER,), order_finding, needs=reads(*KEYS))
