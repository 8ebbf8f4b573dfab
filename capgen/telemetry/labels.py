"""The labels of servers: from columns, from files' names, or the same for all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from capgen import sql
from capgen.columns import SERVER_COLUMNS
from capgen.dataset.telemetry_manifest import AccountLine
from capgen.telemetry.readers.given_files import group_of
from capgen.telemetry.readers.mapping import Mapping
from capgen.telemetry.readers.reader import keys_of
from capgen.telemetry.staging import naming

_TYPE = "server_type"
_NO_TYPE = "server"
_NO_LABEL = "unknown"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_ORDER = {name: position for position, name in enumerate(SERVER_COLUMNS)}


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels of all servers.

    Args:
        names: the labels' columns, in order.
        lines: what was found.
    """

    names: tuple[str, ...]
    lines: tuple[AccountLine, ...]


def make_labels(connection: sql.Connection, mapping: Mapping, files: Sequence[Path]) -> Labels:
    """Make the table `server_labels`, with a row for each server's number.

    Args:
        connection: the database with the staged samples.
        mapping: what the user says.
        files: the exports, in order.
    """
    servers = sql.run_query(connection, "load/servers", {})
    table = servers.select("server").unique().sort("server")
    lines: list[AccountLine] = []
    of_columns = _of_columns(connection, mapping)
    for label, place in mapping.labels.items():
        if place.value is not None:
            table = table.with_columns(pl.lit(place.value).alias(label))
        else:
            found = (
                _of_files(servers, label, place.file, files)
                if place.file
                else (of_columns.filter(pl.col("label") == label))
            )
            lines += _several(found, label)
            values = found.select("server", pl.col("value").alias(label))
            table = table.join(values, on="server", how="left", maintain_order="left")
            lines += _without(table, label)
            table = table.with_columns(pl.col(label).fill_null(_NO_LABEL))
    if _TYPE in table.columns:
        lines += _type_lines(table)
        table = table.with_columns(pl.col(_TYPE).replace_strict(_types(table)))
    else:
        table = table.with_columns(pl.lit(_NO_TYPE).alias(_TYPE))
    names = sorted(
        (name for name in table.columns if name != "server"),
        key=lambda name: _ORDER.get(name, len(_ORDER)),
    )
    numbers = servers.select("server", "number").unique()
    numbered = table.join(numbers, on="server").select(
        pl.col("number").alias("server"), pl.col("server").alias("server_id"), *names
    )
    connection.from_arrow(numbered.to_arrow()).create("server_labels")
    return Labels(tuple(names), tuple(lines))


def _of_columns(connection: sql.Connection, mapping: Mapping) -> pl.DataFrame:
    """Return server, label, value and the number of different values."""
    if not any(place.column for place in mapping.labels.values()):
        return pl.DataFrame(
            schema={"server": pl.String, "label": pl.String, "value": pl.String, "different": int}
        )
    return sql.run_query(connection, "load/server_labels", naming(mapping))


def _of_files(
    servers: pl.DataFrame, label: str, pattern: str, files: Sequence[Path]
) -> pl.DataFrame:
    """Return the label that each server's first file has, and the number of different ones."""
    values = [group_of(pattern, file, f"labels.{label}.file") for file in files]
    numbers = pl.DataFrame(
        {"file": range(len(files)), "value": values}, schema={"file": pl.Int64, "value": pl.String}
    )
    return (
        servers.join(numbers, on="file")
        .sort("server", "file")
        .group_by("server", maintain_order=True)
        .agg(pl.first("value"), different=pl.n_unique("value"))
    )


def _several(found: pl.DataFrame, label: str) -> Iterator[AccountLine]:
    several = found.filter(pl.col("different") > 1)["server"].sort()
    if len(several):
        says = f"with several values, such as {several[0]!r}: the most frequent one holds"
        yield AccountLine.of_many("label", len(several), "server", says, label)


def _without(table: pl.DataFrame, label: str) -> Iterator[AccountLine]:
    without = table.filter(pl.col(label).is_null())["server"]
    if len(without):
        says = f"without a value, such as {without[0]!r}: took {_NO_LABEL!r}"
        yield AccountLine.of_many("label", len(without), "server", says, label)


def _types(table: pl.DataFrame) -> dict[str, str]:
    """Return the names of server types, which stand in paths, by what the exports call them."""
    found = table[_TYPE].unique().sort().to_list()
    plain = {name: name for name in found if _NAME.fullmatch(name)}
    others = keys_of([*plain, *(name for name in found if name not in plain)])
    return {name: others[name] for name in found}


def _type_lines(table: pl.DataFrame) -> Iterator[AccountLine]:
    changed = {name: plain for name, plain in _types(table).items() if name != plain}
    if changed:
        shown = ", ".join(f"{name!r} is {plain}" for name, plain in list(changed.items())[:5])
        says = f"made fit for paths: {shown}"
        yield AccountLine.of_many("server_type", len(changed), "name", says, _TYPE)
