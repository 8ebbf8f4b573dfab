"""The rule `order`: in each file, rows are sorted by server and then by timestamp."""

from __future__ import annotations

from capgen import sql
from capgen.dataset.data_files import literal
from capgen.quality.findings import Finding, exact
from capgen.quality.source import Source

RULE = "order"
_MOST_NAMED = 3


def check_order(source: Source) -> Finding:
    """Check the order of the rows in every file.

    Args:
        source: an open dataset.
    """
    files = literal(source.files)
    unsorted = sql.run_query(source.connection, "checks/row_order", {"files": files})
    named = [_said(source, *row) for row in unsorted[:_MOST_NAMED].iter_rows()]
    note = "; ".join(named)
    return exact(RULE, unsorted.height, len(files), "files", note)


def _said(source: Source, file: str, _rows: int, first: int) -> str:
    path = file.removeprefix(f"{source.folder.absolute()}/")
    return f"{path}: row {first + 1:,} comes before row {first:,} by server and timestamp"
