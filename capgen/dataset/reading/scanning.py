"""Returns a panel, whether it is written or not, as one lazy frame."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from capgen.config import Config
from capgen.dataset.any_manifest import read_any_manifest
from capgen.dataset.data_files import scan_files
from capgen.dataset.manifest_base import ManifestBase
from capgen.panel.scanning import scan_config
from capgen.storage.location import locate
from capgen.system.paths import StrPath


def scan(source: Config | StrPath) -> pl.LazyFrame:
    """Return a panel as a lazy frame, which makes or reads only what a query needs.

    Args:
        source: a configuration, whose panel is made on demand and never written; or a dataset's
            folder.

    Returns:
        The panel's rows, year by year and archetype by archetype, sorted by server_id and
        timestamp. Every cell has the same bits from a configuration and from a dataset.

    Raises:
        RequestError: the folder is no dataset.
    """
    if isinstance(source, Config):
        return scan_config(source)
    folder = locate(source)
    return scan_dataset(folder, read_any_manifest(folder))


def scan_dataset(folder: Path, manifest: ManifestBase) -> pl.LazyFrame:
    """Return the rows of a dataset as a lazy frame.

    Args:
        folder: the dataset's folder.
        manifest: the dataset's manifest.
    """
    paths = [entry.path for entry in manifest.files]
    return scan_files(folder, paths, manifest.description().schema)
