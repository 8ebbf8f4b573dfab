"""Opens DuckDB on a panel, written or not."""

from __future__ import annotations

import os

from capgen import sql
from capgen.config import Config
from capgen.dataset.location import locate
from capgen.dataset.manifest import read_manifest
from capgen.dataset.store_errors import reading_reason
from capgen.errors import CapgenError
from capgen.panel.calendar import macro_tables
from capgen.panel.schema import panel_schema
from capgen.panel.virtual import VirtualPanel

PANEL = "panel"


def connect(source: Config | str | os.PathLike[str]) -> sql.Connection:
    """Connect to DuckDB with the rows of a panel as `panel`, and the calendar macros.

    Args:
        source: a configuration, whose panel is made as a query asks for it and never written; or a dataset's folder.

    Returns:
        A connection for the caller to close, or to use in a `with` statement.

    Raises:
        RequestError: the folder is no dataset.
        CapgenError: a file cannot be read.
    """
    if isinstance(source, Config):
        connection = sql.connect(macro_tables(source))
        connection.register(PANEL, VirtualPanel(source))
        return connection
    folder = locate(source)
    manifest = read_manifest(folder)
    config = manifest.load_config()
    connection = sql.connect(macro_tables(config))
    files = [folder / entry.path for entry in manifest.files]
    try:
        sql.view_parquet(connection, PANEL, files, ", ".join(panel_schema(config).names()))
    except sql.DatabaseError as error:
        connection.close()
        raise CapgenError(f"{folder}: {reading_reason(error)}") from None
    return connection
