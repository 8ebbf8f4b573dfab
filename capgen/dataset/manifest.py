"""The manifest: what a dataset is and which files it has."""

from __future__ import annotations

import importlib.metadata
import json
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from capgen.config import Config, config_digest
from capgen.dataset.layout import MANIFEST
from capgen.version import __version__

MANIFEST_VERSION = 1
_LIBRARIES = ("polars", "duckdb", "numpy", "pyarrow")


@dataclass(frozen=True, slots=True)
class FileReceipt:
    """One data file as written.

    Args:
        path: relative to the dataset's folder.
        rows: number of rows.
        bytes: size.
    """

    path: str
    rows: int
    bytes: int


def write_manifest(folder: Path, config: Config, files: Iterable[FileReceipt]) -> None:
    """Write the manifest of a dataset; last, because it is what makes a folder a dataset.

    Args:
        folder: the dataset's folder.
        config: what it was built from.
        files: its data files.
    """
    receipts = sorted(files, key=lambda file: file.path)
    manifest = {
        "manifest_version": MANIFEST_VERSION,
        "capgen_version": __version__,
        "library_versions": {
            "python": platform.python_version(),
            **{name: importlib.metadata.version(name) for name in _LIBRARIES},
        },
        "seed": config.seed,
        "config_digest": config_digest(config),
        "config": config.model_dump(mode="json", exclude={"out"}),
        "rows": sum(file.rows for file in receipts),
        "files": [asdict(file) for file in receipts],
    }
    path = folder / MANIFEST
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
