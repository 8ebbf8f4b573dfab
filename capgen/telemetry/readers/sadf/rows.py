"""Rows of sadf -d: a header for each activity, and the rows below it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from capgen import sql
from capgen.dataset.telemetry_manifest import AccountLine
from capgen.errors import CapgenError
from capgen.telemetry.readers.assembly import (
    Export,
    check_ends,
)
from capgen.telemetry.readers.sadf.views import notes_of, view

HEADER: Final = re.compile(r"# hostname;interval;timestamp;")


def read_rows(
    connection: sql.Connection, exports: Sequence[Export], notes: list[AccountLine]
) -> set[bool]:
    """Make the view of samples in rows; return whether stamps are in UTC."""
    for export in exports:
        _check_header(export)
    check_ends(exports)
    view(connection, "sadf_lines", "lines", files=[export.filename for export in exports])
    headers = connection.sql(sql.query_text("load/readers/sadf/headers"))
    headers.create("sadf_headers")
    view(connection, "sadf_rows", "rows")
    view(connection, "sadf_row_samples", "row_samples")
    names = {export.filename: export.name for export in exports}
    clocks: set[bool] = set()
    for row in connection.sql(sql.query_text("load/readers/sadf/row_counts")).fetchall():
        filename, restarts, comments, of_no_length, of_matrices, broken, in_utc, total = row
        name = names[filename]
        if broken:
            raise CapgenError(
                f"{name}: expected rows with as many fields as the header above them, got "
                f"{broken} of {total} with others; was the file cut off, or made with -h? Export "
                f"it again with sadf -d"
            )
        clocks |= {True} if in_utc else set()
        clocks |= {False} if in_utc < total else set()
        notes += notes_of(name, restarts, comments, of_no_length, of_matrices)
    return clocks


def _check_header(export: Export) -> None:
    line = export.start.partition("\n")[0].rstrip()
    if not HEADER.match(line) or "[...]" in line:
        raise CapgenError(
            f"{export.name}: expected a header such as # hostname;interval;timestamp;CPU first, "
            f"got {line[:60]!r}; export it with sadf -d, without -h"
        )
