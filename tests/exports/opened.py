"""Reads exports at the level of readings, as `load` does before it mends them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from capgen import sql
from capgen.telemetry.readers import READERS
from capgen.telemetry.readers.mapping import Mapping as ExportMapping
from capgen.telemetry.readers.reader import HEAD_BYTES, Head, Read

BY_NAME = {reader.name: reader for reader in READERS}
Contents = Mapping[str, bytes | str]


@dataclass(frozen=True, slots=True)
class Opened:
    """What a reader made of exports.

    Args:
        read: what it says.
        readings: the view, in the order of files and positions.
        labels: the view of labels, or None.
    """

    read: Read
    readings: pl.DataFrame
    labels: pl.DataFrame | None

    @property
    def rows(self) -> list[tuple[str | None, str, str | None, datetime | None, float | str | None]]:
        """Server, metric's key, device, moment, and value or text, sorted."""
        keys = {series: metric.key for series, metric in self.read.metrics.items()}
        rows = self.readings.select("server", "series", "device", "moment", "value", "reading")
        return sorted(
            (
                (server, keys[series], device, moment, value if reading is None else reading)
                for server, series, device, moment, value, reading in rows.iter_rows()
            ),
            key=str,
        )

    @property
    def says(self) -> str:
        """All guesses and notes in one text."""
        lines = [*self.read.guesses, *self.read.notes]
        return "\n".join(f"{line.name} {line.about} {line.count}: {line.says}" for line in lines)


def head(name: str, content: bytes | str) -> Head:
    """Return the start of a file as readers see it."""
    whole = content.encode() if isinstance(content, str) else content
    return Head(name, whole[:HEAD_BYTES], len(whole) <= HEAD_BYTES)


def write(folder: Path, contents: Contents) -> list[Path]:
    """Write files, and return them in the order that `load` gives them."""
    for name, content in contents.items():
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return sorted(folder / name for name in contents)


def opened(
    reader: str,
    contents: Contents,
    folder: Path,
    mapping: Mapping[str, Any] | None = None,
    threads: int = 1,
) -> Opened:
    """Write files, and read them.

    Args:
        reader: the reader's name.
        contents: what stands in the files, by name.
        folder: an empty folder.
        mapping: what the user says.
        threads: how many threads DuckDB may use.
    """
    wanted = ExportMapping.model_validate(mapping or {})
    files = write(folder, contents)
    with connected(files, wanted, folder, threads) as connection:
        read = BY_NAME[reader].read(connection, files, wanted)
        readings = connection.view("readings").order("file, position, series, device").pl()
        labels = connection.sql("show tables").pl()["name"].to_list()
        found = connection.table("label_readings").pl() if "label_readings" in labels else None
    return Opened(read, readings, found)


@contextmanager
def connected(
    files: Sequence[Path], mapping: ExportMapping, folder: Path, threads: int
) -> Iterator[sql.Connection]:
    """Open a database that knows the files."""
    rows = [
        (number, str(file), file.name, _server(file, mapping)) for number, file in enumerate(files)
    ]
    schema = {"file": pl.Int32, "filename": pl.String, "name": pl.String, "server": pl.String}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    with _database(threads).cursor() as connection:
        name = f"opened_{id(connection)}"
        connection.execute(f"attach ':memory:' as {name}; use {name}")
        connection.execute("set temp_directory = $folder", {"folder": str(folder / "spilled")})
        connection.from_arrow(frame.to_arrow()).create("sources")
        try:
            yield connection
        finally:
            connection.execute(f"use memory; detach {name}")


@cache
def _database(threads: int) -> sql.Connection:
    """Open DuckDB once: it takes longer than to read a small file."""
    connection = sql.connect_empty({"threads": threads})
    connection.execute("set preserve_insertion_order = false")
    return connection


def _server(file: Path, mapping: ExportMapping) -> str | None:
    if mapping.server.file is None:
        return mapping.server.value
    found = re.fullmatch(mapping.server.file, file.name)
    return found[1] if found else None
