"""The place of what is handed over: one file or stream, or a folder of files with an index."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from capgen.dataset.export.formats import KINDS
from capgen.dataset.export.formats.delta import DELTA
from capgen.dataset.export.origin import citation_file
from capgen.errors import RequestError
from capgen.handover.destination import Destination, File
from capgen.handover.handed import Handed
from capgen.storage.counted import Counted
from capgen.storage.files import file_of
from capgen.storage.folders import folder_of
from capgen.storage.local.folder import replaced_folder
from capgen.storage.location import is_store, locate
from capgen.storage.output import Output, output, plain_writing, there_already
from capgen.storage.streams import STANDARD_OUTPUT
from capgen.system.paths import StrPath

INDEX = "handover.json"  # beside the files of a folder
_CITATION = "capgen.citation"
_LEFT = "nothing was written"


class Place(Protocol):
    """Where files go."""

    @property
    def path(self) -> Path:
        """The file or folder."""

    def write(self, files: Iterable[File]) -> tuple[int, int]:
        """Write files, whole or not at all; return their number and size in bytes."""


@dataclass(frozen=True, slots=True)
class OneFile:
    """One file, or a stream.

    Args:
        target: what the user named.
        place: the place that it stands for.
        citation: a file beside it with what to cite, and that line, where they are asked for.
    """

    target: str
    place: Output
    citation: tuple[Output, str] | None

    @property
    def path(self) -> Path:
        """The file, or `-`."""
        return self.place.path

    def write(self, files: Iterable[File]) -> tuple[int, int]:
        """Write the only file; return 1 and its size."""
        (only,) = files
        with (
            plain_writing(self.target, _LEFT),
            self.place.room() as room,
            self.place.stream(room) as file,
        ):
            only.write(file)
        if self.citation is not None:
            place, line = self.citation
            place.write(f"{line}\n".encode())
        return 1, file.bytes


@dataclass(frozen=True, slots=True)
class OneFolder:
    """A folder of files, with an index that says what they are.

    Args:
        path: the folder, absolute or in a store.
        facts: what the index says, beside the files.
        overwrite: replace a folder that an earlier call wrote.
    """

    path: Path
    facts: dict[str, str]
    overwrite: bool

    def write(self, files: Iterable[File]) -> tuple[int, int]:
        """Write the files, and their index last; return their number and size."""
        sizes: dict[str, int] = {}
        with plain_writing(self.path, _LEFT), self._new() as made:
            for name, write in files:
                with file_of(made / name).stream() as opened:
                    file = Counted(opened)
                    write(file)
                sizes[name] = file.bytes
            index = json.dumps({**self.facts, "files": sizes}, indent=2)
            with file_of(made / INDEX).stream() as opened:
                opened.write(f"{index}\n".encode())
        return len(sizes), sum(sizes.values())

    @contextmanager
    def _new(self) -> Iterator[Path]:
        """Yield a folder to write, which takes this one's place."""
        if self.overwrite and is_ours(self.path):
            with replaced_folder(self.path) as made:
                yield made
        else:
            with folder_of(self.path).whole() as (made, _):
                yield made


def place_of(
    destination: Destination,
    out: StrPath | None,
    handed: Handed,
    *,
    overwrite: bool,
    citation: bool,
) -> Place:
    """Return the place that the files of a destination go to.

    Args:
        destination: the program.
        out: what the user named; by default the destination's name in the working folder.
        handed: the rows that are handed over.
        overwrite: replace what is there.
        citation: write what to cite beside one file; the index of a folder has it.

    Raises:
        RequestError: the name does not fit the destination, or something is there.
    """
    name = destination.name
    ending = next(iter(destination.endings), "")
    target = f"{name}{ending}" if out is None else str(out)
    if destination.endings:
        place = output(target, overwrite=overwrite)
        if not place.is_stream and not target.lower().endswith(destination.endings):
            endings = " or ".join(destination.endings)
            raise RequestError(f"{name}: expected a file that ends in {endings}, got {target!r}")
        cited = handed.origin[_CITATION]
        beside = citation_file(target, name, overwrite=overwrite) if citation else None
        return OneFile(target, place, None if beside is None else (beside, cited))
    if target == STANDARD_OUTPUT:
        raise RequestError(f"{name}: expected a folder, because it takes several files, got '-'")
    if target.lower().endswith(tuple(f".{kind}" for kind in KINDS)) or target.startswith(
        f"{DELTA}:"
    ):
        raise RequestError(f"{name}: expected a folder, got {target!r}, the name of a file")
    path = locate(target).absolute()
    if is_ours(path) and not overwrite:
        raise there_already(path)
    facts = {"for": name, "citation": handed.origin[_CITATION]}
    return OneFolder(path, facts, overwrite)


def is_ours(folder: Path) -> bool:
    """Tell whether a local folder holds what an earlier call wrote, and nothing else.

    Args:
        folder: any path.
    """
    index = folder / INDEX
    if is_store(folder) or not index.is_file():
        return False
    try:
        files = set(json.loads(index.read_text(encoding="utf-8"))["files"])
    except (ValueError, KeyError, TypeError):
        return False
    return set(folder_of(folder).names()) == {*files, INDEX}
