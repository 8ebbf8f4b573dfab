"""Chooses the reader and the mapping of exports: as the user says, or as they look."""

from __future__ import annotations

import os
import re
from collections import abc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from capgen.config.suggest import nearest
from capgen.dataset.telemetry_manifest import AccountLine
from capgen.errors import RequestError
from capgen.storage.location import is_store, locate
from capgen.system.paths import StrPath
from capgen.telemetry.account import line
from capgen.telemetry.mapping_files import (
    mapping_of_file,
    plain_mapping,
    shipped_mapping,
    shipped_mappings,
)
from capgen.telemetry.readers import READERS
from capgen.telemetry.readers.given_files import files_in, head_of
from capgen.telemetry.readers.mapping import Mapping
from capgen.telemetry.readers.reader import Head, Reader

_YAML = {".yaml", ".yml"}
Recogniser = Callable[[Head], str | None]


@dataclass(frozen=True, slots=True)
class Choice:
    """What is loaded, and by which reader and mapping.

    Args:
        files: the exports, and folders of them.
        reader: the reader.
        mapping: the mapping.
        account: why it was chosen, if the user did not say it.
    """

    files: tuple[Path, ...]
    reader: Reader
    mapping: Mapping
    account: tuple[AccountLine, ...] = ()


def choose(files: Sequence[Path], wanted: StrPath | None, settings: Sequence[str]) -> Choice:
    """Choose the reader and the mapping of exports.

    Args:
        files: the exports as the user gave them.
        wanted: a reader's name, a shipped mapping's, or a YAML file; None to recognise them.
        settings: keys of the mapping that win.

    Raises:
        RequestError: there is no such reader or mapping, or nothing or too much fits.
    """
    if wanted is None:
        return _recognised(files, settings)
    mapping, folder = _wanted(wanted, settings)
    chosen = tuple(files) or tuple(_named(mapping, folder))
    if not chosen and mapping.sql is None:
        raise RequestError("exports: expected files, got none; name them, or set from in a mapping")
    return Choice(chosen, _reader(mapping.reader), mapping)


def _wanted(wanted: StrPath, settings: Sequence[str]) -> tuple[Mapping, Path]:
    """Return a mapping, and the folder that its patterns start from."""
    name = os.fspath(wanted)
    path = locate(wanted)
    if path.suffix in _YAML:
        return mapping_of_file(path, settings), path.absolute().parent
    if name in shipped_mappings():
        return shipped_mapping(name, settings), Path()
    readers = [reader.name for reader in READERS]
    if name in readers:
        return plain_mapping(name, settings), Path()
    known = [*readers, *shipped_mappings()]
    raise RequestError(
        f"--as: expected a file that ends in .yaml, or one of {', '.join(known)}, got "
        f"{name[:60]!r}{nearest(name, known)}"
    )


def _named(mapping: Mapping, folder: Path) -> Iterator[Path]:
    """Yield the files that a mapping's patterns name."""
    for pattern in mapping.from_ or ():
        if is_store(pattern):
            raise RequestError(f"from: expected local files, got {pattern!r}; name them as exports")
        place = Path(pattern)
        root = Path(place.anchor) if place.is_absolute() else folder
        found = sorted(root.glob(str(place.relative_to(place.anchor))))
        if not found:
            raise RequestError(f"from: expected files, found none by {pattern!r} in {root}")
        yield from (path for path in found if path.is_file())


def _reader(name: str) -> Reader:
    readers = {reader.name: reader for reader in READERS}
    if name not in readers:
        raise RequestError(
            f"reader: expected one of {', '.join(readers)}, got {name!r}{nearest(name, readers)}"
        )
    return readers[name]


def _recognised(files: Sequence[Path], settings: Sequence[str]) -> Choice:
    """Choose what recognises all files; those of a folder as if each were named."""
    every = [file for path in files for file in files_in(path)]
    if not every:
        raise RequestError("exports: expected at least one file, got none")
    first = head_of(every[0])
    forms = _forms()
    reasons = _reasons(first, forms)
    if not reasons:
        raise RequestError(
            f"{first.name}: expected exports of a form that is known, got {_unknown(first)}; "
            "which is it? Say --as table for a table with a column for each metric, --as with a "
            f"mapping of yours (.yaml), or one of {', '.join(forms)}"
        )
    for file in every[1:]:
        head = head_of(file)
        fitting = _reasons(head, {name: forms[name] for name in reasons})
        if not fitting:
            other = ", ".join(_reasons(head, forms)) or _unknown(head)
            raise RequestError(
                f"{head.name}: expected another file of {', '.join(reasons)}, as {first.name} is, "
                f"got {other}; load files of one form at a time, or say with --as what all are"
            )
        reasons = {name: reasons[name] for name in fitting}
    if len(reasons) == 1:
        ((name, reason),) = reasons.items()
        choice = choose(files, name, settings)
        return replace(choice, account=(line("reader", f"took {name}: {reason}"),))
    found = "; ".join(f"{name}: {reason}" for name, reason in reasons.items())
    raise RequestError(
        f"{first.name}: expected exports of one form, got what looks like several ({found}); "
        "which is it? Say it with --as"
    )


def _unknown(head: Head) -> str:
    return f"one that has {head.text[:40]!r}"


def _forms() -> dict[str, Recogniser]:
    """Return what recognises the start of a file, by the names of readers and mappings."""
    mapped = {name: shipped_mapping(name).recognise for name in shipped_mappings()}
    return {
        **{reader.name: reader.recognise for reader in READERS},
        **{name: partial(_matches, pattern) for name, pattern in mapped.items()},
    }


def _matches(pattern: str | None, head: Head) -> str | None:
    found = re.search(pattern, head.text, re.MULTILINE) if pattern else None
    return f"{head.name} has {found[0][:60]!r}" if found else None


def _reasons(head: Head, forms: abc.Mapping[str, Recogniser]) -> dict[str, str]:
    """Return the readers and mappings that recognise a file, each with its reason."""
    asked = ((name, recognise(head)) for name, recognise in forms.items())
    return {name: reason for name, reason in asked if reason is not None}
