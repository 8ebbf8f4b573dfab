"""Writes a DuckDB database with rows, what their columns are, and the calendar macros."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from capgen import sql
from capgen.dataset.description import Description
from capgen.errors import CapgenError
from capgen.sql.script import script_text

if TYPE_CHECKING:
    import pyarrow as pa

_ATTACH = "attach $path as exported (storage_version 'v1.2.0')"  # for DuckDB 1.2 and later
_PANEL = "exported.main.panel"


def write_duckdb(
    rows: pa.RecordBatchReader, path: Path, described: Description, origin: Mapping[str, str]
) -> None:
    """Write a database with the rows as `panel`, their origin, and the calendar macros.

    Args:
        rows: the rows in batches.
        path: the path to write to.
        described: what the rows are; comments of columns say it.
        origin: the origin of the rows, for a table of its own.

    Raises:
        CapgenError: the rows cannot be written.
    """
    tables = described.calendar.tables()
    comments = described.comments
    wanted = {name: comments[name] for name in rows.schema.names if name in comments}
    origins = pl.DataFrame(list(origin.items()), ["key", "value"], orient="row")
    log = path.with_name(f"{path.name}.wal")
    log.unlink(missing_ok=True)
    connection = sql.connect_empty({"memory_limit": "100MB", "threads": 1, "temp_directory": ""})
    try:
        connection.execute(_ATTACH, {"path": str(path)})
        connection.execute("use exported")
        connection.execute(script_text(tables))
        connection.register("exported_rows", rows)
        connection.execute("create table exported.main.panel as from exported_rows")
        sql.comment_columns(connection, _PANEL, wanted)
        connection.register("origin", origins)
        connection.execute("create table exported.main.capgen_origin as from origin")
        connection.execute("use memory")
        connection.execute("detach exported")
    except sql.DatabaseError as error:
        raise CapgenError(str(error)) from None
    finally:
        connection.close()
        log.unlink(missing_ok=True)
