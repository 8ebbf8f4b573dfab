"""Loads exports of a monitoring system: read, mended in the open, published whole."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from capgen import sql
from capgen.dataset.telemetry_manifest import AccountLine
from capgen.storage.folders import folder_of
from capgen.storage.local.rooms import temporary_room
from capgen.storage.location import locate
from capgen.storage.store.errors import plain_errors
from capgen.system.paths import StrPath
from capgen.system.processors import processors
from capgen.telemetry.choosing import Choice, choose
from capgen.telemetry.pipeline import Loaded, Pipeline
from capgen.telemetry.publishing import publish
from capgen.telemetry.readers.given_files import given_files
from capgen.telemetry.reading_errors import plain_reading

_MEMORY = "800MB"
Note = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What was loaded.

    Args:
        out: the telemetry's folder; None where nothing was written.
        reader: the reader's name.
        granularity: the step.
        rows: number of rows.
        servers: number of servers.
        metrics: the metrics' columns.
        samples: number of samples in the exports.
        files: number of data files.
        bytes: size of the data files.
        account: what was found, repaired and guessed.
        seconds: wall time.
    """

    out: Path | None
    reader: str
    granularity: str
    rows: int
    servers: int
    metrics: tuple[str, ...]
    samples: int
    files: int
    bytes: int
    account: tuple[AccountLine, ...] = field(repr=False)
    seconds: float


@dataclass(frozen=True, slots=True)
class Listener:
    """Whom to tell how far the work is.

    Args:
        note: called with a line.
        on_samples: called with how many samples of how many are done.
    """

    note: Note = lambda _: None
    on_samples: Callable[[int, int], None] = lambda _done, _total: None


def load(
    exports: StrPath | Iterable[StrPath] = (),
    out: StrPath | None = "telemetry",
    *,
    mapping: StrPath | None = None,
    to: str | None = None,
    settings: Sequence[str] = (),
    threads: int | None = None,
    listener: Listener = Listener(),
) -> LoadResult:
    """Load exports of a monitoring system as telemetry.

    Args:
        exports: files, or folders of them; by default those that the mapping names.
        out: a new or empty folder; None writes nothing, and returns the account.
        mapping: a reader's name, the name of a mapping that ships with capgen, or a YAML file; by
            default the one that recognises the exports.
        to: the step to resample to, such as `hourly`; by default that of the exports.
        settings: single keys of the mapping, such as `time.zone=Europe/Berlin`, which win.
        threads: how many threads may work; the data does not depend on it.
        listener: whom to tell how far the work is.

    Returns:
        What was loaded.

    Raises:
        RequestError: the mapping does not fit, or leaves a question open.
        CapgenError: a file cannot be read or written; nothing was written.
    """
    started = time.monotonic()
    given = [exports] if isinstance(exports, str | os.PathLike) else list(exports)
    choice = choose([locate(path).absolute() for path in given], mapping, settings)
    for line in choice.account:
        listener.note(f"{line.name}: {line.says}")
    files = given_files(choice.files) if choice.files else []
    target = None if out is None else locate(out).resolve()
    with _rooms(target) as (room, spill):
        pipeline = Pipeline(choice, files, to, spill / "samples", listener.on_samples)
        with _connected(spill, threads or processors()) as connection, plain_reading(files):
            result = pipeline.run(connection, room)
        if room is not None:
            publish(room, choice, files, result)
    return _result(target, choice, result, started)


@contextmanager
def _rooms(target: Path | None) -> Iterator[tuple[Path | None, Path]]:
    """Yield a folder for the telemetry, if it is wanted, and one for intermediate files."""
    if target is None:
        with temporary_room() as spill:
            yield None, spill
        return
    with plain_errors(target), folder_of(target).whole() as (room, spill):
        yield room, spill


@contextmanager
def _connected(spill: Path, threads: int) -> Iterator[sql.Connection]:
    settings = {
        "threads": threads,
        "temp_directory": str(spill / "spilled"),
        "memory_limit": _MEMORY,
    }
    with sql.connect_empty(settings) as connection:
        connection.execute("set TimeZone = 'UTC'")  # by which DuckDB reads texts without a zone
        yield connection


def _result(target: Path | None, choice: Choice, loaded: Loaded, started: float) -> LoadResult:
    return LoadResult(
        out=target,
        reader=choice.mapping.reader,
        granularity=loaded.treatment.granularity,
        rows=loaded.continuity.rows,
        servers=loaded.continuity.servers.height,
        metrics=tuple(each.column.name for each in loaded.treatment.metrics),
        samples=loaded.samples,
        files=len(loaded.files),
        bytes=sum(entry.bytes for entry in loaded.files),
        account=tuple(loaded.account),
        seconds=time.monotonic() - started,
    )
