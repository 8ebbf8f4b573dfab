"""The place where a command writes one file, and a stream to write it with."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from capgen.errors import CapgenError, RequestError
from capgen.storage.counted import Counted
from capgen.storage.files import file_of
from capgen.storage.local.rooms import temporary_room
from capgen.storage.location import locate
from capgen.storage.marks import check_outside
from capgen.storage.store.errors import plain_errors
from capgen.storage.streams import STANDARD_OUTPUT, descriptor_of, opened
from capgen.system.paths import StrPath

_PIECE = 2**20  # bytes
_STREAMS = {stat.S_IFIFO, stat.S_IFCHR}
_REFUSED = {
    stat.S_IFDIR: "a folder",
    stat.S_IFBLK: "a block device",
    stat.S_IFSOCK: "a socket",
}


@dataclass(frozen=True, slots=True)
class Output:
    """A place that may be written.

    Args:
        path: path of a file with links resolved, of an object, a pipe or a device; `-` is standard
            output.
        is_stream: whether readers see each byte as it comes; otherwise the file appears whole.
    """

    path: Path
    is_stream: bool = False

    @contextmanager
    def room(self) -> Iterator[Path]:
        """Yield a folder for intermediate files, which is removed afterwards.

        Raises:
            RequestError: an interrupted build has the same name.
            CapgenError: another process writes the file.
        """
        with temporary_room() if self.is_stream else file_of(self.path).room() as room:
            yield room

    @contextmanager
    def stream(self, room: Path | None = None) -> Iterator[Counted]:
        """Open the place for writing; a file appears, whole, when the block succeeds.

        Args:
            room: the folder from `room`, to make the file in.
        """
        with self._named(), self._opened(room) as file:
            yield Counted(file)

    @contextmanager
    def _opened(self, room: Path | None) -> Iterator[IO[bytes]]:
        if self.is_stream or room is None:
            with opened(self.path) if self.is_stream else file_of(self.path).stream() as file:
                yield file
            return
        made = room / self.path.name
        with made.open("wb") as file:
            yield file
        self.move_in(made)

    @contextmanager
    def _named(self) -> Iterator[None]:
        """Add the path to errors of the system that have none."""
        try:
            yield
        except OSError as error:
            error.filename = error.filename or str(self.path)
            raise

    def move_in(self, made: Path) -> None:
        """Move a finished file to its place.

        Args:
            made: the file in the room.
        """
        file_of(self.path).move_in(made)

    def take(self, made: Path) -> None:
        """Move a finished file to its place, or copy it to the stream.

        Args:
            made: the file in the room.
        """
        if not self.is_stream:
            self.move_in(made)
            return
        with self.stream() as stream, made.open("rb") as file:
            while piece := file.read(_PIECE):
                stream.write(piece)

    def write(self, content: bytes) -> None:
        """Write a small file.

        Args:
            content: the whole content.
        """
        with self.stream() as file:
            file.write(content)


def output(name: StrPath, *, overwrite: bool) -> Output:
    """Return the place that a name stands for.

    Args:
        name: a file, an object in a store, a pipe or a device; `-` is standard output.
        overwrite: replace an existing file.

    Raises:
        RequestError: the place may not be written: a file is there, it lies in a dataset, or it is
            no file.
        OSError: the system does not say what lies there.
    """
    if str(name) == STANDARD_OUTPUT:
        return Output(Path(STANDARD_OUTPUT), is_stream=True)
    place = locate(name).absolute()
    kind = file_of(place).kind()
    if kind in _STREAMS or descriptor_of(place) is not None:
        return Output(place, is_stream=True)
    if kind in _REFUSED:
        raise RequestError(f"{place}: expected the name of a file, got {_REFUSED[kind]}")
    place = place.resolve()
    check_outside(place)
    if kind is not None and not overwrite:
        raise there_already(place)
    return Output(place)


def there_already(place: Path) -> RequestError:
    """Return an error that says that a file or folder is not replaced unasked.

    Args:
        place: the file or folder.
    """
    return RequestError(f"{place}: exists already; add --overwrite to replace it, or name another")


@contextmanager
def plain_writing(target: Path | str, left: str) -> Iterator[None]:
    """Say in one line what could not be written.

    Args:
        target: what the user named.
        left: what is left of it, in words.

    Raises:
        CapgenError: the system, or a store, refused to write.
    """
    try:
        with plain_errors(locate(target)):
            yield
    except BrokenPipeError:
        raise  # the reader has seen enough
    except OSError as error:
        raise CapgenError(f"{target}: {error.strerror or error}; {left}") from None
