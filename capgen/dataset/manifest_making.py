"""Makes the manifest of a dataset from the entries of its files."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from importlib import import_module

from capgen.config import Config, config_digest, model_digest
from capgen.config.holiday_days import resolved_days
from capgen.dataset import content
from capgen.dataset.config_values import config_values
from capgen.dataset.manifest import MANIFEST_VERSION, Manifest
from capgen.dataset.sizes import Sizes
from capgen.panel.fleet import archetype_counts
from capgen.storage.entries import FileEntry, SideEntry
from capgen.version import __version__

_LIBRARIES = ("polars", "duckdb", "numpy", "pyarrow", "holidays")


def manifest_of(
    config: Config, sizes: Sizes, files: Iterable[FileEntry], side_files: Iterable[SideEntry] = ()
) -> Manifest:
    """Return the manifest of a dataset.

    Args:
        config: the configuration that the dataset was built from.
        sizes: the most rows of a file and of a row group.
        files: the data files in any order.
        side_files: the files beside the data.
    """
    entries = sorted(files, key=lambda entry: entry.path)
    digest = content.combined(int(entry.content_digest, 16) for entry in entries)
    manifest = Manifest(
        manifest_version=MANIFEST_VERSION,
        capgen_version=__version__,
        library_versions=library_versions(),
        seed=config.seed,
        config_digest=config_digest(config),
        model_digest=model_digest(config),
        config=config_values(config),
        holiday_days=resolved_days(config),
        granularity=config.granularity,
        first_timestamp=min(entry.first_timestamp for entry in entries),
        last_timestamp=max(entry.last_timestamp for entry in entries),
        sizes=sizes,
        servers=archetype_counts(config),
        rows=sum(entry.rows for entry in entries),
        content_digest=content.as_text(digest),
        files=entries,
        side_files=list(side_files),
    )
    return manifest.signed()


def library_versions() -> dict[str, str]:
    """Return the versions of Python and the libraries that matter, by name."""
    # What is installed with them says the same, and takes as long to read as ten files to write.
    libraries = {name: import_module(name).__version__ for name in _LIBRARIES}
    return {"python": platform.python_version(), **libraries}
