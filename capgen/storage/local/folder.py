"""A local folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath

from capgen.errors import RequestError
from capgen.storage.local.file import take_place
from capgen.storage.local.places import Places
from capgen.storage.local.rooms import local_room
from capgen.storage.local.target import check_is_new
from capgen.storage.marks import check_outside
from capgen.system.disk import exchange, sync


class LocalFolder:
    """A local folder; `capgen.storage.folders.Folder` says what each method does.

    Args:
        path: the folder's path.
    """

    is_cheap_to_read = True

    def __init__(self, path: Path) -> None:
        self._path = path

    def is_seen(self) -> bool:
        return self._path.is_dir()

    def names(self) -> list[str]:
        paths = sorted(self._path.rglob("*"))
        files = (path for path in paths if path.is_symlink() or not path.is_dir())
        return [str(path.relative_to(self._path)) for path in files]

    def sizes(self) -> Callable[[str], int | None]:
        return lambda path: size_of(self._path / path)

    def is_link(self, path: str) -> bool:
        return (self._path / path).is_symlink()

    def linked_folder(self, paths: Iterable[str]) -> Path | None:
        folders: set[Path] = set()
        for path in paths:
            folders.update(self._path / folder for folder in PurePath(path).parents)
        within = sorted(folders - {self._path})
        return next((folder for folder in within if folder.is_symlink()), None)

    def unfinished_uploads(self) -> Iterable[str]:
        return ()

    @contextmanager
    def whole(self) -> Iterator[tuple[Path, Path]]:
        check_outside(self._path)
        places = Places.of(self._path)
        check_is_new(places)
        with local_room(self._path) as room:
            made = room / "made"
            made.mkdir()
            yield made, room / "spilled"
            take_place(made, places.target)


@contextmanager
def replaced_folder(path: Path) -> Iterator[Path]:
    """Yield a folder to write; it takes the place of a local one if the block succeeds.

    Args:
        path: the folder that is there, which capgen made.

    Raises:
        RequestError: it lies in a dataset, or cannot be renamed.
        CapgenError: another process writes it.
    """
    check_outside(path)
    places = Places.of(path)
    if places.inside:
        raise RequestError(
            f"{path}: expected a folder that can be renamed, got a mount point, "
            "the working folder, or one below a folder that cannot be written"
        )
    with local_room(path) as room:
        made = room / "made"
        made.mkdir()
        yield made
        if not exchange(made, places.target):
            places.target.rename(room / "replaced")
            take_place(made, places.target)
        sync(places.target.parent)


def size_of(path: Path) -> int | None:
    """Return the size of a local file in bytes; None if there is no file.

    Args:
        path: the file's path.
    """
    return path.stat().st_size if path.is_file() else None
