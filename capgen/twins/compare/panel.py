"""Reads a dataset a few servers at a time, as arrays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

import numpy as np
import polars as pl

from capgen import sql
from capgen.dataset.metric_column import MetricColumn
from capgen.dataset.reading.servers import open_panel, view_panel
from capgen.errors import CapgenError
from capgen.storage.location import is_store
from capgen.storage.store.errors import reading_reason
from capgen.twins.compare.agreement import NamedDataset
from capgen.twins.compare.candidate import Cut, Part
from capgen.twins.compare.cells import Cells, Floats
from capgen.twins.compare.rolling import rolled
from capgen.twins.compare.window import Integers, Window

_ROWS_AT_ONCE = 2**17
_FEW_ROWS = 2**20


@dataclass(frozen=True)
class Panel:
    """The days of a dataset that are compared.

    Args:
        dataset: where the rows are.
        window: the days, in the steps that are compared.
        columns: the metrics' columns, by the names they are compared under.
        statistics: what longer steps take of each metric's values.
        names: ids that its servers are compared under, by their own.
    """

    is_rival: ClassVar[bool] = False

    dataset: NamedDataset
    window: Window
    columns: Mapping[str, MetricColumn]
    statistics: Mapping[str, str]
    names: Mapping[str, str]

    @property
    def name(self) -> str:
        """The dataset's name."""
        return self.dataset.name

    @property
    def servers(self) -> Sequence[str]:
        """The ids that the servers are compared under, in the order of their own."""
        return list(self.names.values())

    def blocks(self) -> Iterator[Cells]:
        """Yield the cells of a few servers at a time, in the order of their ids.

        Raises:
            CapgenError: a file cannot be read, or a server has two rows at one time.
        """
        servers = list(self.names)
        at_once = max(_ROWS_AT_ONCE // self._read_window.steps, 1)
        with opened(self.dataset) as connection:
            for first in range(0, len(servers), at_once):
                yield self._cells(connection, servers[first : first + at_once])

    def parts(self, cut: Cut) -> Iterator[Part]:
        """Yield all of it.

        Args:
            cut: returns the sides of a window.
        """
        yield self.blocks(), cut(self.window)

    @property
    def _read_window(self) -> Window:
        return replace(self.window, step_minutes=self.dataset.step_minutes)

    def _cells(self, connection: sql.Connection, servers: Sequence[str]) -> Cells:
        window = self._read_window
        parameters = {
            "first": servers[0],
            "last": servers[-1],
            "start": window.start,
            "stop": window.stop,
            "minutes": window.step_minutes,
        }
        repeats = [{"column": column.name} for column in self.columns.values()]
        rows = sql.run_query(connection, "compare/values", parameters, repeats)
        places = self._places(rows, servers, window)
        values = {
            name: self._array(name, rows[column.name], places, len(servers))
            for name, column in self.columns.items()
        }
        return Cells.of([self.names[server] for server in servers], values, self.window)

    def _places(self, rows: pl.DataFrame, servers: Sequence[str], window: Window) -> Integers:
        """Return the place of each row in an array of shape (servers, steps), laid flat."""
        numbers = pl.DataFrame({"server_id": servers, "number": range(len(servers))})
        row = rows.select("server_id").join(
            numbers, on="server_id", how="left", maintain_order="left"
        )
        places: Integers = row["number"].to_numpy() * window.steps + rows["step"].to_numpy()
        is_taken = np.zeros(len(servers) * window.steps, bool)
        is_taken[places] = True
        if is_taken.sum() != len(places):
            raise CapgenError(
                f"{self.dataset.folder}: expected one row for each server and time, got several "
                f"among servers {servers[0]} to {servers[-1]}; capgen check says which"
            )
        return places

    def _array(self, name: str, values: pl.Series, places: Integers, servers: int) -> Floats:
        window = self._read_window
        array = np.full(servers * window.steps, np.nan)
        array[places] = values.fill_null(np.nan).to_numpy()
        array[~np.isfinite(array)] = np.nan
        steps = self.window.step_minutes // window.step_minutes
        return rolled(array.reshape(servers, window.steps), steps, self.statistics[name])


@contextmanager
def opened(dataset: NamedDataset) -> Iterator[sql.Connection]:
    """Open a dataset's files in little memory.

    Args:
        dataset: where the rows are.

    Raises:
        CapgenError: a file cannot be read.
    """
    with _connected(dataset) as connection:
        try:
            yield connection
        except sql.DatabaseError as error:
            raise CapgenError(f"{dataset.folder}: {reading_reason(error)}") from None


@contextmanager
def _connected(dataset: NamedDataset) -> Iterator[sql.Connection]:
    """Open DuckDB with the rows as `panel`: the one that the process keeps, for few local rows."""
    entries = dataset.manifest.files
    files = [dataset.folder / entry.path for entry in entries]
    if sum(entry.rows for entry in entries) <= _FEW_ROWS and not is_store(dataset.folder):
        with sql.open_kept() as connection:
            view_panel(connection, dataset.described, files)
            yield connection
        return
    with (
        TemporaryDirectory(prefix="capgen-") as folder,
        open_panel(dataset.described, files, Path(folder) / "spill") as connection,
    ):
        yield connection


def servers_of(dataset: NamedDataset, window: Window) -> list[str]:
    """Return the ids of the servers that a dataset has in a window, in order.

    Args:
        dataset: where the rows are.
        window: the days.
    """
    parameters = {"start": window.start, "stop": window.stop}
    with opened(dataset) as connection:
        return sql.run_query(connection, "compare/servers", parameters)["server_id"].to_list()


def names_of(servers: Sequence[str], reference: Sequence[str]) -> dict[str, str]:
    """Return the ids that servers are compared under: that of the same server of the reference.

    It is the same by its id, or by its place in the order where no id is the same and there are as
    many servers, as in a twin with ids of its own.

    Args:
        servers: a candidate's ids, in order.
        reference: the reference's, in order.
    """
    if len(servers) == len(reference) and not set(servers) & set(reference):
        return dict(zip(servers, reference, strict=True))
    return {server: server for server in servers}
