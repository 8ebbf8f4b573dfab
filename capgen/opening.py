"""A dataset as an object, for notebooks and scripts."""

from __future__ import annotations

import importlib.util
import os
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import polars as pl

from capgen.config import Config
from capgen.dataset.manifest import Manifest, read_manifest
from capgen.dataset.reading import asking
from capgen.dataset.reading.scanning import scan_dataset
from capgen.errors import RequestError
from capgen.panel.schema import panel_schema
from capgen.quality.check import check
from capgen.quality.outcome import Report
from capgen.storage.location import locate


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset that was built; `capgen.open` gives one.

    Args:
        folder: where it lies.
        manifest: what it is.
        config: what it was built from.
    """

    folder: Path
    manifest: Manifest
    config: Config

    def scan(self) -> pl.LazyFrame:
        """Return its rows as a lazy frame, in the panel's column order."""
        return scan_dataset(self.folder, self.manifest)

    def to_pandas(self) -> Any:
        """Return its rows as a DataFrame of pandas, all in memory.

        Raises:
            RequestError: pandas, the extra `capgen[pandas]`, is not installed.
        """
        if importlib.util.find_spec("pandas") is None:
            raise RequestError(
                'to_pandas: expected pandas, found none; type: pip install "capgen[pandas]"'
            )
        return self.scan().collect().to_pandas()

    def sql(self, query: str) -> pl.DataFrame:
        """Ask it in SQL.

        Args:
            query: as in `capgen.query`.
        """
        return asking.query(query, self.folder)

    def check(self) -> Report:
        """Compare it with what its configuration implies."""
        return check(self.folder)

    def report(
        self, out: str | os.PathLike[str] = "report", *, overwrite: bool = False
    ) -> list[Path]:
        """Draw its dashboard.

        Args:
            out: folder for the picture and the page.
            overwrite: replace a report that is there.

        Returns:
            Their paths.

        Raises:
            RequestError: the libraries of `capgen[report]` are not installed, or the files may not be written.
        """
        from capgen.report import write_report  # its libraries are an extra

        return list(write_report(self.folder, locate(out), overwrite=overwrite))

    def __repr__(self) -> str:
        facts = "\n".join(f"  {name:12} {value}" for name, value in self._facts().items())
        ask = "ask it with .sql('select … from panel'), .scan(), .to_pandas(), .check(), .report()"
        return f"capgen dataset {self.folder}\n{facts}\n{ask}"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>"
            for name, value in self._facts().items()
        )
        return f"<table><caption>capgen dataset {escape(str(self.folder))}</caption>{rows}</table>"

    def _facts(self) -> dict[str, str]:
        manifest = self.manifest
        fleet = ", ".join(f"{count} {name}" for name, count in manifest.servers.items())
        size = sum(entry.bytes for entry in manifest.files)
        return {
            "rows": f"{manifest.rows:,}",
            "servers": f"{sum(manifest.servers.values()):,}: {fleet}",
            "time": f"{manifest.first_timestamp} to {manifest.last_timestamp}, {manifest.granularity}",
            "columns": ", ".join(panel_schema(self.config).names()),
            "files": f"{len(manifest.files)}, {size / 1e6:.1f} MB",
            "cite": manifest.citation,
        }


def open_dataset(folder: str | os.PathLike[str]) -> Dataset:
    """Open a dataset that was built.

    Args:
        folder: where it lies.

    Raises:
        RequestError: it is no dataset.
    """
    path = locate(folder)
    manifest = read_manifest(path)
    return Dataset(path, manifest, manifest.load_config())
