"""Hands rows of a dataset over to a program: one file or a folder of files, whole or absent."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from capgen.dataset.any_manifest import read_any_manifest
from capgen.dataset.export.selection import Selection
from capgen.errors import RequestError
from capgen.handover.destination import Destination
from capgen.handover.destinations import destination_of
from capgen.handover.handed import Handed
from capgen.handover.publishing import place_of
from capgen.handover.request import Request, check_anomalies, moment_of
from capgen.storage.local.rooms import temporary_room
from capgen.storage.location import locate
from capgen.system.paths import StrPath


@dataclass(frozen=True, slots=True)
class HandoverResult:
    """What was handed over.

    Args:
        path: the file or folder.
        destination: the program.
        format: the format of the files, where there is a choice; else empty.
        rows: number of the panel's rows.
        files: number of files.
        bytes: size of the files.
        seconds: wall time.
        notes: what the user should know, a line each.
        statements: what to run at the destination, where it needs something.
    """

    path: Path
    destination: str
    format: str
    rows: int
    files: int
    bytes: int
    seconds: float
    notes: tuple[str, ...]
    statements: str


def hand_over(
    data: StrPath,
    destination: str,
    out: StrPath | None = None,
    *,
    format: str | None = None,  # noqa: A002 - the command line's name
    columns: Sequence[str] | None = None,
    metrics: Sequence[str] | None = None,
    where: str | None = None,
    rows: int | None = None,
    since_now: bool = False,
    until: str | date | None = None,
    stacked: bool = False,
    anomalies: Sequence[str] = (),
    overwrite: bool = False,
    unsafe: bool = False,
    citation: bool = False,
) -> HandoverResult:
    """Write rows of a dataset as a program takes them.

    Args:
        data: the folder of a build, a rollup or telemetry.
        destination: the program, such as `nixtla`.
        out: the file or folder to write; `-` is standard output, where the program takes one
            file; by default the destination's name in the working folder.
        format: the format of the files, where the destination leaves a choice.
        columns: the columns that are wanted; by default all.
        metrics: keys or columns of the metrics, such as `cpu`; by default all.
        where: a condition in SQL on the panel's columns.
        rows: the most rows of the panel, of the first servers; by default all.
        since_now: shift the rows by whole weeks, as in `capgen.export`.
        until: the last day of a train part, or the moment at which the test part begins.
        stacked: all metrics in one file, in place of one file a metric.
        anomalies: what is labelled: `events`, `outliers`, `spikes`.
        overwrite: replace what an earlier call wrote.
        unsafe: let the condition read other files.
        citation: also write a file that says what to cite; the index of a folder does.

    Returns:
        What was written.

    Raises:
        RequestError: the request is wrong; nothing was written.
        CapgenError: a file cannot be read or written; nothing was written.
    """
    selection = Selection(columns, metrics, where, rows, since_now, unsafe)
    when = None if until is None else moment_of(until)
    request = Request(selection, format, when, stacked, check_anomalies(anomalies))
    program = destination_of(destination)
    return _hand_over(data, program, out, request, overwrite=overwrite, citation=citation)


def _hand_over(
    data: StrPath,
    program: Destination,
    out: StrPath | None,
    request: Request,
    *,
    overwrite: bool,
    citation: bool,
) -> HandoverResult:
    started = time.monotonic()
    form = _form(program, request)
    folder = locate(data)
    manifest = read_any_manifest(folder)
    with ExitStack() as opened:
        room = opened.enter_context(temporary_room())
        handed = Handed(folder.absolute(), manifest, request, form, room / "spilled")
        opened.callback(handed.close)
        _refuse([*_options(program, request), *_cut(handed), *program.problems(handed)])
        place = place_of(program, out, handed, overwrite=overwrite, citation=citation)
        files, size = place.write(program.files(handed))
    return HandoverResult(
        path=place.path,
        destination=program.name,
        format=form,
        rows=handed.row_count,
        files=files,
        bytes=size,
        seconds=time.monotonic() - started,
        notes=tuple(handed.remarks),
        statements=program.statements(handed, place.path),
    )


def _form(program: Destination, request: Request) -> str:
    if request.form is None:
        return next(iter(program.forms), "")
    if request.form not in program.forms:
        known = " or ".join(program.forms) or "none, because there is one form only"
        raise RequestError(f"--format: expected {known} for {program.name}, got {request.form!r}")
    return request.form


def _options(program: Destination, request: Request) -> Iterable[str]:
    for option in request.options:
        if option not in program.takes:
            yield f"--{option}: expected a destination that it changes, got {program.name}"


def _cut(handed: Handed) -> Iterable[str]:
    cut = handed.request.cut
    if cut is not None and handed.request.selection.since_now:
        yield "--until and --since-now: expected one of them, got both"
    elif cut is not None and not handed.first < cut <= handed.last:
        yield (
            f"--until: expected a part on each side, within {handed.first} to {handed.last}, "
            f"got {handed.request.until}"
        )


def _refuse(problems: Iterable[str]) -> None:
    found = "; ".join(problems)
    if found:
        raise RequestError(found)
