"""The panel that forecasts are laid beside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

import polars as pl

from capgen.dataset.any_manifest import AnyManifest, read_any_manifest
from capgen.dataset.description import Description
from capgen.dataset.manifest import Manifest
from capgen.dataset.reading.scanning import scan_dataset
from capgen.errors import RequestError
from capgen.storage.location import locate
from capgen.system.paths import StrPath


@dataclass(frozen=True)
class Panel:
    """A dataset of any kind.

    Args:
        folder: of the dataset.
        manifest: of the dataset.
        described: what its rows are.
    """

    folder: Path
    manifest: AnyManifest
    described: Description

    @classmethod
    def of(cls, data: StrPath) -> Panel:
        """Open a dataset.

        Args:
            data: its folder.

        Raises:
            RequestError: the folder is no dataset.
        """
        folder = locate(data)
        manifest = read_any_manifest(folder)
        return cls(folder, manifest, manifest.description())

    @property
    def is_built(self) -> bool:
        """Whether its rows are those of a model: not rolled up, and not measured."""
        return isinstance(self.manifest, Manifest)

    @property
    def step(self) -> timedelta:
        """Length of a step."""
        return timedelta(minutes=self.described.step_minutes)

    @property
    def step_microseconds(self) -> int:
        """The same in microseconds, in which timestamps are counted."""
        return self.step // timedelta(microseconds=1)

    @property
    def first(self) -> datetime:
        """The earliest timestamp."""
        return self.described.first_timestamp

    @property
    def last(self) -> datetime:
        """The latest timestamp."""
        return self.described.last_timestamp

    @cached_property
    def metrics(self) -> Mapping[str, str]:
        """The metrics' columns by name: the metric's key, or the column where several share it."""
        keys = [metric.key for metric in self.described.metrics]
        return {
            metric.key if keys.count(metric.key) == 1 else metric.name: metric.name
            for metric in self.described.metrics
        }

    def metric(self, name: str) -> str:
        """Return the name of a metric that a user calls by its key or its column.

        Args:
            name: key or column.

        Raises:
            RequestError: the panel has no such metric.
        """
        by_column = {column: known for known, column in self.metrics.items()}
        found = name if name in self.metrics else by_column.get(name)
        if found is None:
            known = ", ".join(self.metrics)
            raise RequestError(f"metric: expected one of {known}, got {name!r}")
        return found

    def scan(self) -> pl.LazyFrame:
        """Return the rows, with the metrics' columns by their names."""
        rows = scan_dataset(self.folder, self.manifest)
        return rows.rename({column: name for name, column in self.metrics.items()})

    @cached_property
    def servers(self) -> pl.DataFrame:
        """The ids of all servers with their archetypes, sorted."""
        rows = scan_dataset(self.folder, self.manifest)
        found = rows.select("server_id", "server_type").unique().collect(engine="streaming")
        return found.sort("server_id")

    def batches(
        self, servers: Sequence[str], values_per_step: int, most: int
    ) -> Iterator[list[str]]:
        """Yield servers in groups that fit into memory.

        Args:
            servers: ids.
            values_per_step: values that are held of a server at each step.
            most: values that are held of a group.
        """
        steps = (self.last - self.first) // self.step + 1
        size = max(1, most // (steps * values_per_step))
        for place in range(0, len(servers), size):
            yield list(servers[place : place + size])
