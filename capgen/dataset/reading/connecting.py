"""Opens DuckDB on a panel, whether it is written or not."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from uuid import uuid4

from capgen import sql
from capgen.config import Config
from capgen.dataset.any_manifest import read_any_manifest
from capgen.dataset.data_files import view_files
from capgen.dataset.description import Description, description_of
from capgen.dataset.reading.lockdown import lock
from capgen.errors import CapgenError
from capgen.storage.location import locate
from capgen.storage.store.errors import unread
from capgen.system.paths import StrPath

PANEL = "panel"
COLUMNS = "panel_columns"


def connect(source: Config | StrPath, *, locked: bool = False) -> sql.Connection:
    """Connect to DuckDB with the rows of a panel as `panel`, and the calendar macros.

    The table `panel_columns` says the type, unit and statistic of each column; so do the comments
    of the view's columns.

    Args:
        source: a configuration, whose panel is made on demand and never written; or a dataset's
            folder.
        locked: allow access to the panel only: to no other file, no Python variable, no setting.

    Returns:
        A connection, which the caller closes or uses in a `with` block. Its cursors see the same
        panel.

    Raises:
        RequestError: the folder is no dataset.
        CapgenError: a file cannot be read.
    """
    settings = {"temp_directory": _spill()} if locked else {}
    if isinstance(source, Config):
        # Arrow's datasets import pandas where it is installed: as long as a small panel takes.
        from capgen.panel.virtual import VirtualPanel

        described = description_of(source)
        connection = sql.connect(described.calendar.tables(), settings)
        connection.from_arrow(VirtualPanel(source)).create_view(PANEL)
        files = []
    else:
        folder = locate(source)
        manifest = read_any_manifest(folder)
        described = manifest.description()
        files = [folder / entry.path for entry in manifest.files]
        connection = _connect_files(folder, described, files, settings)
    _describe_columns(connection, described)
    if locked:
        lock(connection, files)
    return connection


def _connect_files(
    folder: Path, described: Description, files: list[Path], settings: Mapping[str, str]
) -> sql.Connection:
    connection = sql.connect(described.calendar.tables(), settings)
    try:
        view_files(connection, PANEL, files, described.schema.names())
    except sql.DatabaseError as error:
        connection.close()
        raise CapgenError(f"{folder}: {unread(error)}") from None
    return connection


def _describe_columns(connection: sql.Connection, described: Description) -> None:
    """Say in comments, and in a table, what the metrics' columns are."""
    sql.comment_columns(connection, PANEL, described.comments)
    connection.from_arrow(described.columns.to_arrow()).create(COLUMNS)


def _spill() -> str:
    """Return a new folder name for this connection; DuckDB makes the folder if it needs it."""
    return str(Path(tempfile.gettempdir()) / f"capgen-{uuid4().hex}")
