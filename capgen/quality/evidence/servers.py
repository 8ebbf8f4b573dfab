"""What each server of a dataset has."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from capgen import sql
from capgen.columns import SERVER_COLUMNS
from capgen.quality.source import Source


def count_servers(source: Source, good: Collection[str]) -> pl.DataFrame:
    """Return what each server has, one row each.

    Args:
        source: an open dataset.
        good: columns that can be read.

    Returns:
        As `sql/checks/servers.sql` says.
    """
    labels = [name for name in SERVER_COLUMNS if name in good]
    parameters = source.calendar_parameters() | {"labels": labels}
    return sql.run_query(source.connection, "checks/servers", parameters)
