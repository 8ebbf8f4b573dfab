"""A dataset as an object, for notebooks and scripts."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from datetime import timedelta
from html import escape
from pathlib import Path
from typing import Any

import polars as pl

from capgen.config import Config
from capgen.dataset.any_manifest import AnyManifest, read_any_manifest
from capgen.dataset.reading import asking
from capgen.dataset.reading.scanning import scan_dataset
from capgen.errors import RequestError
from capgen.quality.check import check
from capgen.quality.outcome import Report
from capgen.storage.location import locate
from capgen.system.paths import StrPath


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset, telemetry or a rollup, as `capgen.open` returns it.

    Args:
        folder: the dataset's folder.
        manifest: the dataset's manifest.
    """

    folder: Path
    manifest: AnyManifest

    @property
    def config(self) -> Config:
        """The configuration that it was built from.

        Raises:
            RequestError: it was not built: telemetry and rollups have none.
        """
        return self.manifest.load_config()

    @property
    def columns(self) -> pl.DataFrame:
        """One row a column: column, type (of SQL), unit, statistic; the last two of metrics."""
        return self.manifest.description().columns

    def scan(self) -> pl.LazyFrame:
        """Return the rows as a lazy frame, in the panel's column order."""
        return scan_dataset(self.folder, self.manifest)

    def to_pandas(self) -> Any:
        """Return the rows as a pandas DataFrame, all in memory.

        Raises:
            RequestError: pandas is not installed; the extra `capgen[pandas]` brings it.
        """
        if importlib.util.find_spec("pandas") is None:
            raise RequestError(
                'to_pandas: expected pandas, found none; type: pip install "capgen[pandas]"'
            )
        return self.scan().collect().to_pandas()

    def sql(self, query: str) -> pl.DataFrame:
        """Run a SQL query on the dataset.

        Args:
            query: one statement, as in `capgen.query`.
        """
        return asking.query(query, self.folder)

    def check(
        self, *, max_missing: float | None = None, max_gap: timedelta | None = None
    ) -> Report:
        """Check the dataset: a build against its configuration, telemetry by itself.

        Args:
            max_missing: of telemetry, as in `capgen.check`.
            max_gap: of telemetry, as in `capgen.check`.
        """
        return check(self.folder, max_missing=max_missing, max_gap=max_gap)

    def report(self, out: StrPath = "report", *, overwrite: bool = False) -> list[Path]:
        """Draw the dataset's dashboard.

        Args:
            out: folder for the picture and the page.
            overwrite: replace an existing report.

        Returns:
            The paths of the picture and the page.

        Raises:
            RequestError: the extra `capgen[report]` is not installed, or the files may not be
                written.
        """
        from capgen.report import write_report  # needs the libraries of an extra

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
        described = manifest.description()
        fleet = ", ".join(f"{count} {name}" for name, count in manifest.fleet.items())
        metrics = [f"{metric.name} ({metric.says})" for metric in described.metrics]
        size = sum(entry.bytes for entry in manifest.files)
        time = f"{manifest.first_timestamp} to {manifest.last_timestamp}, {manifest.granularity}"
        return {
            "rows": f"{manifest.rows:,}",
            "servers": f"{sum(manifest.fleet.values()):,}: {fleet}",
            "time": time,
            "columns": ", ".join(described.schema.names()),
            "metrics": "; ".join(metrics),
            "files": f"{len(manifest.files)}, {size / 1e6:.1f} MB",
            "cite": manifest.citation,
        }


def open_dataset(folder: StrPath) -> Dataset:
    """Open a dataset, telemetry or a rollup.

    Args:
        folder: the dataset's folder.

    Raises:
        RequestError: the folder is no dataset.
        CapgenError: the manifest is damaged, or does not say what the columns are.
    """
    path = locate(folder)
    manifest = read_any_manifest(path)
    manifest.description()  # what cannot be read is refused now
    return Dataset(path, manifest)
