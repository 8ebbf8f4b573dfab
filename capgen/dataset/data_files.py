"""Reads data files by exact names, with the partition keys that the dataset's own folders say.

A path is never a pattern, whatever its characters. A folder above the dataset never adds a column,
even if its name is `region=EU`, as it would with readers that look for such folders themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import polars as pl
from polars.io.plugins import register_io_source

from capgen import sql
from capgen.panel.predicates import conditions, uses_only
from capgen.storage.layout import PARTITION, PARTITION_KEYS, partition_of
from capgen.storage.store.reading import listed, polars_options

_QUERY = "dataset/data_files"
KEY_TYPES = {"year": pl.Int64(), "server_type": pl.String()}


def view_files(
    connection: sql.Connection,
    name: str,
    files: Sequence[Path],
    columns: Sequence[str] | None = None,
) -> None:
    """Make a view of the rows of some data files; queries read them later.

    Args:
        connection: the database for the view.
        name: the view's name.
        files: data files in folders of year and server type; columns are matched by name.
        columns: the view's columns in their order; by default all.
    """
    reach(connection, files, knowing=listed)
    sql.view_query(connection, name, _QUERY, _parameters(files, None), columns)


def table_files(
    connection: sql.Connection, name: str, files: Sequence[Path], columns: Collection[str]
) -> None:
    """Read some data files into a table, for queries that would each read them again.

    Args:
        connection: the database for the table.
        name: the table's name.
        files: local data files, as in `view_files`.
        columns: names of columns to read, where a file has them.
    """
    sql.table_query(connection, name, _QUERY, _parameters(files, columns))


def _parameters(files: Sequence[Path], columns: Collection[str] | None) -> dict[str, Any]:
    read = None if columns is None else list(columns)
    return {"files": literal(files), "partition": PARTITION, "columns": read}


def literal(files: Sequence[Path]) -> list[dict[str, str]]:
    """Return files in the form that DuckDB reads as exact names; a string would be a pattern.

    Args:
        files: local files, or objects in a store.
    """
    return [{"filename": str(file.absolute())} for file in files]


def reach(
    connection: sql.Connection,
    files: Sequence[Path],
    knowing: Callable[[Any, Sequence[Path]], Any] = lambda store, _: store,
) -> None:
    """Let DuckDB read objects in a store with the library that their paths come from.

    Args:
        connection: the database that will read them.
        files: local files, or objects in a store.
        knowing: returns the library with what is to be known of the files; by default as it is.
    """
    stores = {id(file.fs): file.fs for file in files if hasattr(file, "fs")}
    for store in stores.values():
        if not connection.filesystem_is_registered(store.protocol[0]):
            connection.register_filesystem(knowing(store, files))


def scan_files(folder: Path, paths: Sequence[str], schema: pl.Schema) -> pl.LazyFrame:
    """Return the rows of a dataset's data files as a lazy frame.

    Conditions on the partition keys skip files.

    Args:
        folder: the dataset's folder.
        paths: the files' paths, relative to the folder.
        schema: the columns to return, with their types.
    """
    root = folder.absolute()

    def source(
        columns: list[str] | None,
        predicate: pl.Expr | None,
        row_limit: int | None,
        _batch_size: int | None,
    ) -> Iterator[pl.DataFrame]:
        wanted = schema.names() if columns is None else columns
        yield pl.DataFrame(schema=schema).select(wanted)
        # With a limit, rows are cut before they are filtered, so each file counts.
        possible = _possible(paths, predicate) if row_limit is None else paths
        if possible:
            rows = pl.concat(_partitions(root, possible, schema.names()))
            rows = rows if row_limit is None else rows.head(row_limit)
            rows = rows if predicate is None else rows.filter(predicate)
            yield from rows.select(wanted).collect_batches(maintain_order=True)

    return register_io_source(source, schema=schema, is_pure=True)


def _possible(paths: Sequence[str], predicate: pl.Expr | None) -> list[str]:
    """Return the files for whose partitions a predicate may hold."""
    tests = [test for test in conditions(predicate) if uses_only(test, PARTITION_KEYS)]
    known = pl.DataFrame([partition_of(path) for path in paths], schema=KEY_TYPES, orient="row")
    chosen = known.with_columns(path=pl.Series(paths)).filter(pl.lit(True), *tests)
    return chosen["path"].to_list()


def _partitions(folder: Path, paths: Sequence[str], names: Sequence[str]) -> Iterator[pl.LazyFrame]:
    """Yield the rows of each partition."""
    options = polars_options(folder)
    for _, files in groupby(paths, partition_of):
        of_partition = list(files)
        chosen = [str(folder / path) for path in of_partition]
        rows = pl.scan_parquet(chosen, glob=False, hive_partitioning=False, **options)
        yield rows.with_columns(key_columns(of_partition[0])).select(names)


def key_columns(path: str) -> list[pl.Expr]:
    """Return the columns whose values a data file's folders say.

    Args:
        path: the file's path, relative to the dataset's folder.
    """
    partition = partition_of(path)._asdict()
    return [pl.lit(partition[key], kind).alias(key) for key, kind in KEY_TYPES.items()]
