"""What `capgen export --for` does: hands a dataset over to another program."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from capgen.cli.stopping import nothing_left_when_stopped
from capgen.cli.streams import outcome
from capgen.cli.text import byte_size, note, place_name, took
from capgen.errors import RequestError
from capgen.words import counted

if TYPE_CHECKING:
    from capgen.handover.hand_over import HandoverResult


def one_place(file: str | None, out: str | None) -> str | None:
    """Return the place to write to, which has two ways to be named.

    Args:
        file: the argument FILE.
        out: the option --out.

    Raises:
        RequestError: both are given.
    """
    if file is not None and out is not None:
        raise RequestError(f"FILE and --out: expected one of them, got {file!r} and {out!r}")
    return out if file is None else file


def check_needs_destination(options: Mapping[str, Any]) -> None:
    """Check that no option is given that only another program's files change.

    Args:
        options: values by option.

    Raises:
        RequestError: there is one.
    """
    for option, value in options.items():
        if value:
            raise RequestError(f"{option}: expected --for beside it, got none")


def tell_handover(
    data: Path, destination: str, place: str | None, *, as_json: bool, **asked: Any
) -> None:
    """Hand a dataset over, and say what was written.

    Args:
        data: the dataset's folder.
        destination: the program.
        place: the file or folder to write.
        as_json: print the outcome as JSON.
        asked: what is asked for, as `capgen.hand_over` takes it.
    """
    from capgen.handover.hand_over import hand_over
    from capgen.storage.streams import is_standard_output

    with nothing_left_when_stopped():
        result = hand_over(data, destination, place, **asked)
    for line in result.notes:
        note(line)
    text = json.dumps(asdict(result), default=str) if as_json else _summary(result)
    with outcome():
        typer.echo(text, err=is_standard_output(result.path))


def _summary(result: HandoverResult) -> str:
    facts = [
        counted(result.rows, "row"),
        counted(result.files, "file"),
        byte_size(result.bytes),
        took(result.rows, result.seconds),
    ]
    line = f"Wrote {place_name(result.path)} for {result.destination}: {', '.join(facts)}"
    return "\n".join(filter(None, [line, result.statements]))
