"""Where a command writes one file: what lies there, whether it may be written, and a stream that fits it."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from capgen.errors import RequestError
from capgen.storage.counted import Counted
from capgen.storage.files import move_whole, whole_stream
from capgen.storage.layout import BUILD_STATE, Places, dataset_around
from capgen.storage.location import is_store, locate
from capgen.storage.locking import one_writer
from capgen.storage.streams import STANDARD_OUTPUT, descriptor_of, opened

_REFUSED = {
    stat.S_IFDIR: "a folder",
    stat.S_IFBLK: "a block device",
    stat.S_IFSOCK: "a socket",
}


@dataclass(frozen=True, slots=True)
class Output:
    """A place that may be written.

    Args:
        path: of a file, links resolved; of an object, a pipe or a device; `-` is standard output.
        is_stream: readers see each byte as it comes; else the file appears whole.
    """

    path: Path
    is_stream: bool = False

    @contextmanager
    def room(self) -> Iterator[Path]:
        """Give a folder for what is made on the way; it is gone afterwards.

        Raises:
            RequestError: a build of that name was interrupted.
            CapgenError: another process writes the file.
        """
        with _temporary_room() if self.is_stream else room_for(self.path) as room:
            yield room

    @contextmanager
    def stream(self, room: Path | None = None) -> Iterator[Counted]:
        """Open the place for writing; a file is there, whole, when the block ends well.

        Args:
            room: from `room`, to make it there.
        """
        with self._named(), self._opened(room) as file:
            yield Counted(file)

    @contextmanager
    def _opened(self, room: Path | None) -> Iterator[IO[bytes]]:
        if self.is_stream or room is None:
            with opened(self.path) if self.is_stream else whole_stream(self.path) as file:
                yield file
            return
        made = room / self.path.name
        with made.open("wb") as file:
            yield file
        self.move_in(made)

    @contextmanager
    def _named(self) -> Iterator[None]:
        """Have what the system refuses say where."""
        try:
            yield
        except OSError as error:
            error.filename = error.filename or str(self.path)
            raise

    def move_in(self, made: Path) -> None:
        """Put a finished file in its place.

        Args:
            made: in the room.
        """
        move_whole(made, self.path)

    def write(self, content: bytes) -> None:
        """Write a small file.

        Args:
            content: all of it.
        """
        with self.stream() as file:
            file.write(content)


def output(name: str | os.PathLike[str], *, overwrite: bool) -> Output:
    """Return the place that a name stands for.

    Args:
        name: a file, an object in a store, a pipe or a device; `-` is standard output.
        overwrite: replace a file that is there.

    Raises:
        RequestError: it may not be written: a file is there, or it lies in a dataset, or is no file.
        OSError: the system does not say what lies there.
    """
    if not is_store(name) and os.fspath(name) == STANDARD_OUTPUT:
        return Output(Path(STANDARD_OUTPUT), is_stream=True)
    place = locate(name)
    if is_store(place):
        _check_replaceable(place, taken=place.exists(), overwrite=overwrite)
        return Output(place)
    place = place.absolute()
    kind = _kind(place)
    if kind in {stat.S_IFIFO, stat.S_IFCHR} or descriptor_of(place) is not None:
        return Output(place, is_stream=True)
    if kind in _REFUSED:
        raise RequestError(f"{place}: expected the name of a file, got {_REFUSED[kind]}")
    place = place.resolve()
    _check_replaceable(place, taken=kind is not None, overwrite=overwrite)
    return Output(place)


@contextmanager
def room_for(target: Path) -> Iterator[Path]:
    """Give a folder to make something in that goes to a place; it is gone afterwards.

    Args:
        target: an absolute path, or one in a store.

    Yields:
        A folder on the target's file system, which nobody else writes to; for a store, one for temporary files.

    Raises:
        RequestError: a build of that name was interrupted.
        CapgenError: another process writes the target.
    """
    if is_store(target):
        with _temporary_room() as room:
            yield room
        return
    places = Places.of(target)
    if (places.staging / BUILD_STATE).is_file():
        raise RequestError(f"{target}: an interrupted build of that name is kept beside it; finish it, or name another")
    with one_writer(places.lock, places.target):
        shutil.rmtree(places.staging, ignore_errors=True)  # of a process that was killed
        places.staging.mkdir()
        try:
            yield places.staging
        finally:
            shutil.rmtree(places.staging, ignore_errors=True)


def check_outside(place: Path) -> None:
    """Check that a place lies in no dataset: nothing is written there but by its own commands.

    Args:
        place: an absolute path, links resolved, or one in a store.

    Raises:
        RequestError: it lies in one.
    """
    around = dataset_around(place)
    if around:
        raise RequestError(
            f"{place}: expected a place outside of the dataset {str(around)!r}, which holds nothing but what capgen "
            "made it of; name another"
        )


def _check_replaceable(place: Path, *, taken: bool, overwrite: bool) -> None:
    check_outside(place)
    if taken and not overwrite:
        raise RequestError(f"{place}: is there already; add --overwrite to replace it, or name another")


def _kind(place: Path) -> int | None:
    """Return what lies at the end of a path's links; None where nothing does."""
    try:
        return stat.S_IFMT(place.stat().st_mode)
    except FileNotFoundError:
        return None
    except NotADirectoryError:
        raise RequestError(f"{place}: expected folders above it, got a file there; name another") from None


@contextmanager
def _temporary_room() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="capgen-") as folder:
        yield Path(folder)
