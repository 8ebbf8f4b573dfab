"""Opens DuckDB on a panel, whether it is built or not."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from uuid import uuid4

from capgen import sql
from capgen.config import Config
from capgen.dataset.data_files import view_files
from capgen.dataset.manifest import read_manifest
from capgen.dataset.reading.lockdown import lock
from capgen.errors import CapgenError
from capgen.panel.calendar import macro_tables
from capgen.panel.schema import panel_schema
from capgen.panel.virtual import VirtualPanel
from capgen.storage.location import locate
from capgen.storage.store.errors import reading_reason

PANEL = "panel"


def connect(source: Config | str | os.PathLike[str], *, locked: bool = False) -> sql.Connection:
    """Connect to DuckDB with the rows of a panel as `panel`, and the calendar macros.

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
        connection = sql.connect(macro_tables(source), settings)
        connection.from_arrow(VirtualPanel(source)).create_view(PANEL)
        files = []
    else:
        folder = locate(source)
        manifest = read_manifest(folder)
        files = [folder / entry.path for entry in manifest.files]
        connection = _connect_files(folder, manifest.load_config(), files, settings)
    if locked:
        lock(connection, files)
    return connection


def _connect_files(
    folder: Path, config: Config, files: Sequence[Path], settings: Mapping[str, str]
) -> sql.Connection:
    connection = sql.connect(macro_tables(config), settings)
    try:
        view_files(connection, PANEL, files, panel_schema(config).names())
    except sql.DatabaseError as error:
        connection.close()
        raise CapgenError(f"{folder}: {reading_reason(error)}") from None
    return connection


def _spill() -> str:
    """Return a new folder name for this connection; DuckDB makes the folder if it needs it."""
    return str(Path(tempfile.gettempdir()) / f"capgen-{uuid4().hex}")
