"""Reads data files by their very names, with the partition keys that the dataset's own folders say.

A path is never a pattern, whatever characters it has. And a folder above the dataset never gives a
column, even where it is called `region=EU`, as readers that look for such folders by themselves
have it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import polars as pl
from polars.io.plugins import register_io_source

from capgen import sql
from capgen.panel.predicates import conditions, uses_only
from capgen.storage.layout import PARTITION, PARTITION_KEYS, partition_of
from capgen.storage.store.reading import polars_options

_KEY_TYPES = {"year": pl.Int64, "server_type": pl.String}


def view_files(
    connection: sql.Connection,
    name: str,
    files: Sequence[Path],
    columns: Sequence[str] | None = None,
) -> None:
    """Give a name to the rows of some data files, to be read when a query asks for them.

    Args:
        connection: from `capgen.sql`.
        name: of the view.
        files: in their folders of year and server type; columns are matched by name.
        columns: in the order that the view has them; all without them.
    """
    _reach(connection, files)
    parameters = {"files": literal(files), "partition": PARTITION}
    sql.view_query(connection, name, "dataset/data_files", parameters, columns)


def literal(files: Sequence[Path]) -> list[dict[str, str]]:
    """Return files as DuckDB's functions take them by name: a plain string would be a pattern.

    Args:
        files: of a folder or a store.
    """
    return [{"filename": str(file.absolute())} for file in files]


def _reach(connection: sql.Connection, files: Sequence[Path]) -> None:
    """Let DuckDB read what lies in a store with the library that gave us its paths."""
    for store in {id(file.fs): file.fs for file in files if hasattr(file, "fs")}.values():
        if not connection.filesystem_is_registered(store.protocol[0]):
            connection.register_filesystem(store)


def scan_files(folder: Path, paths: Sequence[str], schema: pl.Schema) -> pl.LazyFrame:
    """Return the rows of a dataset's data files as a lazy frame.

    Conditions on its partitions skip files.

    Args:
        folder: the dataset's.
        paths: of the files, relative to it.
        schema: the columns to return, of the types that they have.
    """
    whole = folder.absolute()

    def source(
        columns: list[str] | None,
        predicate: pl.Expr | None,
        row_limit: int | None,
        _batch_size: int | None,
    ) -> Iterator[pl.DataFrame]:
        wanted = schema.names() if columns is None else columns
        yield pl.DataFrame(schema=schema).select(wanted)
        # With both, the rows are cut before they are filtered: each file counts.
        possible = _possible(paths, predicate) if row_limit is None else paths
        if possible:
            rows = pl.concat(_partitions(whole, possible, schema.names()))
            rows = rows if row_limit is None else rows.head(row_limit)
            rows = rows if predicate is None else rows.filter(predicate)
            yield from rows.select(wanted).collect_batches(maintain_order=True)

    return register_io_source(source, schema=schema, is_pure=True)


def _possible(paths: Sequence[str], predicate: pl.Expr | None) -> list[str]:
    """Return the files in which a predicate may hold, by what their partitions are."""
    of_partition = [each for each in conditions(predicate) if uses_only(each, PARTITION_KEYS)]
    known = pl.DataFrame([partition_of(path) for path in paths], schema=_KEY_TYPES, orient="row")
    return (
        known.with_columns(path=pl.Series(paths))
        .filter(pl.lit(True), *of_partition)["path"]
        .to_list()
    )


def _partitions(folder: Path, paths: Sequence[str], names: Sequence[str]) -> Iterator[pl.LazyFrame]:
    """Yield the rows of each partition."""
    options = polars_options(folder)
    for _, files in groupby(paths, partition_of):
        of_partition = list(files)
        chosen = [str(folder / path) for path in of_partition]
        rows = pl.scan_parquet(chosen, glob=False, hive_partitioning=False, **options)
        yield rows.with_columns(key_columns(of_partition[0])).select(names)


def key_columns(path: str) -> list[pl.Expr]:
    """Return the columns that a data file's folders say.

    Args:
        path: of the file, relative to the dataset's folder.
    """
    partition = partition_of(path)._asdict()
    return [pl.lit(partition[key], kind).alias(key) for key, kind in _KEY_TYPES.items()]
