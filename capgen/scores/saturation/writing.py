"""Writes the days of saturation as one file that appears whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pyarrow as pa

from capgen.dataset.export.formats import WRITERS
from capgen.errors import RequestError
from capgen.scores.saturation.outlook import Saturation
from capgen.storage.output import Output, output
from capgen.version import __version__

_FORMATS = ("csv", "parquet")


def place_of(file: str | os.PathLike[str], *, overwrite: bool) -> Output:
    """Return the place where days are to be written.

    Args:
        file: a name that ends in .csv or .parquet.
        overwrite: replace an existing file.

    Raises:
        RequestError: the file may not be written.
    """
    if _form(Path(file)) not in _FORMATS:
        endings = " or ".join(f".{each}" for each in _FORMATS)
        raise RequestError(f"out: expected a name that ends in {endings}, got {os.fspath(file)!r}")
    return output(file, overwrite=overwrite)


def write_days(found: Saturation, place: Output) -> None:
    """Write the days of all servers.

    Args:
        found: the days.
        place: as `place_of` returns it.

    Raises:
        OSError: the file cannot be written; nothing is left of it.
    """
    table = found.table.to_arrow()
    origin = {
        "capgen.version": __version__,
        "capgen.metric": found.metric,
        "capgen.limit": f"{found.limit:g}",
        "capgen.rule": found.rule,
        "capgen.from": f"{found.start}",
        "capgen.until": f"{found.until}",
        "capgen.draws": f"{found.draws}",
    }
    with place.stream() as opened:
        reader = pa.RecordBatchReader.from_batches(table.schema, table.to_batches())
        WRITERS[_form(place.path)](reader, opened, origin)


def _form(path: Path) -> str:
    return path.suffix.removeprefix(".").lower()
