"""Writes futures, or the oracle's forecasts, as one file that appears whole or not at all."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa

from capgen.config import config_digest
from capgen.dataset.export.table_file import table_file
from capgen.foresight.asked import Asked
from capgen.foresight.oracle import forecasts, oracle_schema, shares_of
from capgen.foresight.pieces import futures_of
from capgen.foresight.scanning import futures_schema
from capgen.system.paths import StrPath

OnRows = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Written:
    """What was written.

    Args:
        path: the file.
        rows: number of rows.
        bytes: size of the file.
        seconds: wall time.
    """

    path: Path
    rows: int
    bytes: int
    seconds: float


def write_futures(
    asked: Asked,
    file: StrPath,
    *,
    overwrite: bool = False,
    on_rows: OnRows = lambda _rows: None,
) -> Written:
    """Write what lies ahead in each future; number 0 is the panel itself.

    Args:
        asked: what is asked for.
        file: a name that ends in .parquet or .csv.
        overwrite: replace an existing file.
        on_rows: called with the number of rows just made.

    Raises:
        RequestError: the file may not be written.
        OSError: it cannot be written; nothing is left of it.
    """
    schema = futures_schema(asked)

    def frames() -> Iterator[pl.DataFrame]:
        numbers = range(asked.draws + 1)
        opened = futures_of(asked)
        for chunk in opened.chunks(asked.ahead):
            for piece in opened.by_draws(chunk, numbers):
                frame = opened.frame(piece, schema.names()).select(schema.names())
                on_rows(frame.height)
                yield frame

    return _write(asked, schema, frames(), file, overwrite=overwrite)


def write_forecasts(
    asked: Asked,
    quantiles: Sequence[float],
    file: StrPath,
    *,
    overwrite: bool = False,
    on_rows: OnRows = lambda _rows: None,
) -> Written:
    """Write the oracle's forecasts.

    Args:
        asked: what is asked for.
        quantiles: shares of the quantiles.
        file: as in `write_futures`.
        overwrite: as in `write_futures`.
        on_rows: called with the number of rows just made.

    Raises:
        RequestError: as in `write_futures`; or a quantile does not lie between 0 and 1.
        OSError: as in `write_futures`.
    """
    shares = shares_of(quantiles)
    schema = oracle_schema(shares)

    def frames() -> Iterator[pl.DataFrame]:
        for frame in forecasts(asked, shares):
            on_rows(frame.height)
            yield frame.select(schema.names())

    return _write(asked, schema, frames(), file, overwrite=overwrite)


def _write(
    asked: Asked,
    schema: pl.Schema,
    frames: Iterator[pl.DataFrame],
    file: StrPath,
    *,
    overwrite: bool,
) -> Written:
    started = time.monotonic()
    written = table_file(file, overwrite=overwrite)
    oldest = pl.CompatLevel.oldest()
    types = pl.DataFrame(schema=schema).to_arrow(compat_level=oldest).schema
    rows = 0

    def batches() -> Iterator[pa.RecordBatch]:
        nonlocal rows
        for frame in frames:
            rows += frame.height
            yield from frame.rechunk().to_arrow(compat_level=oldest).to_batches()

    size = written.write(types, batches(), _origin(asked))
    return Written(written.path, rows, size, time.monotonic() - started)


def _origin(asked: Asked) -> dict[str, str]:
    """Return where the rows come from, as metadata."""
    return {
        "capgen.seed": str(asked.config.seed),
        "capgen.config_digest": config_digest(asked.config),
        "capgen.from": f"{asked.config.axis.timestamp(asked.moment)}",
        "capgen.draws": str(asked.draws),
        "capgen.kept": ",".join(sorted(asked.kept)),
    }
