"""The exports: which files, in which order, and how they begin."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from capgen import sql
from capgen.dataset.data_files import literal, reach
from capgen.dataset.telemetry_manifest import SourceEntry
from capgen.errors import CapgenError, RequestError
from capgen.storage.files import file_of, sha256
from capgen.telemetry.readers.mapping import Mapping
from capgen.telemetry.readers.reader import HEAD_BYTES, Head

SOURCES = "sources"
_HIDDEN = frozenset("._")
_PARQUET = frozenset({".parquet", ".pq"})
_EXPANSION = {".gz": 10, ".zst": 10, ".parquet": 8}  # of what is compressed, about


@dataclass(frozen=True, slots=True)
class GivenFile:
    """One file of the exports that were given to load.

    Args:
        path: where it lies.
        entry: its name, size and digest.
    """

    path: Path
    entry: SourceEntry

    @property
    def text_bytes(self) -> int:
        """About how large it would be as text."""
        return self.entry.bytes * _EXPANSION.get(self.path.suffix, 1)


def given_files(paths: Iterable[Path]) -> list[GivenFile]:
    """Return the exports in an order that does not depend on where they lie.

    Args:
        paths: files, and folders whose files count.

    Raises:
        RequestError: there is no such file, or none at all.
        CapgenError: a file is a pipe and the like.
    """
    files = [file for path in paths for file in files_in(path)]
    given = [_given(file) for file in dict.fromkeys(files)]
    if not given:
        raise RequestError("exports: expected at least one file, got none")
    return sorted(given, key=lambda file: (file.entry.name, file.entry.sha256))


def files_in(path: Path) -> list[Path]:
    """Return the exports that a path names: itself, or the files of a folder, by their names.

    Args:
        path: a file or a folder, of which names with . or _ first do not count, as with Spark.

    Raises:
        RequestError: there is nothing, or a folder without files.
    """
    if not path.exists():
        raise RequestError(f"{path}: expected a file of exports, found none")
    if not path.is_dir():
        return [path]
    within = [file for file in path.iterdir() if file.is_file() and file.name[0] not in _HIDDEN]
    if not within:
        raise RequestError(
            f"{path}: expected a folder with files of exports, got one that has none itself; name "
            "those of its folders that do"
        )
    return sorted(within)


def _given(path: Path) -> GivenFile:
    file_of(path).check_is_file()
    size = path.stat().st_size
    if size == 0:
        raise _empty(path)
    return GivenFile(path, SourceEntry(name=path.name, bytes=size, sha256=sha256(path)))


def _empty(path: Path) -> CapgenError:
    return CapgenError(f"{path}: expected an export, got an empty file")


def is_parquet(path: Path) -> bool:
    """Tell whether a file is one of Parquet, by its name in small or capital letters.

    Args:
        path: the file.
    """
    return path.suffix.lower() in _PARQUET


def columns_of_parquet(path: Path) -> list[str]:
    """Return the names of the columns of a Parquet file.

    Args:
        path: the file.
    """
    with path.open("rb") as file:
        names: list[str] = pq.read_schema(file).names
    return names


def head_of(path: Path) -> Head:
    """Read the start of a file; of a compressed one, of its content; of Parquet, the columns.

    Args:
        path: the file.

    Raises:
        CapgenError: the file is damaged or empty.
    """
    try:
        start = _start(path)
    except (OSError, EOFError, pa.ArrowInvalid) as error:
        if getattr(error, "errno", None) is not None:
            raise  # it is the disk that failed
        raise CapgenError(f"{path}: expected a whole {path.suffix} file, got: {error}") from None
    if not start:
        raise _empty(path)
    return Head(path.name, start[:HEAD_BYTES], is_whole=len(start) <= HEAD_BYTES)


def _start(path: Path) -> bytes:
    if is_parquet(path):
        return " ".join(columns_of_parquet(path)).encode()
    with path.open("rb") as file:
        if path.suffix == ".gz":
            return gzip.GzipFile(fileobj=file).read(HEAD_BYTES + 1)
        if path.suffix == ".zst":
            return bytes(pa.CompressedInputStream(file, "zstd").read(HEAD_BYTES + 1))
        return file.read(HEAD_BYTES + 1)


def tell(connection: sql.Connection, files: Sequence[Path], mapping: Mapping) -> None:
    """Make the table `sources`, with the servers that the mapping finds in files' names.

    Args:
        connection: the database; it can read the files afterwards.
        files: the exports, in order.
        mapping: what the user says of them.

    Raises:
        RequestError: a file's name does not have the server.
    """
    reach(connection, files)
    names = [file["filename"] for file in literal(files)]
    servers = [_server_of(file, mapping) for file in files]
    if not files:  # a statement has rows all the same
        names = [""]
        servers = [mapping.server.value]
    table = pl.DataFrame(
        {
            "file": range(len(names)),
            "filename": names,
            "name": [file.name for file in files] or names,
            "server": servers,
        },
        schema={"file": pl.Int32, "filename": pl.String, "name": pl.String, "server": pl.String},
    )
    connection.from_arrow(table.to_arrow()).create(SOURCES)


def _server_of(file: Path, mapping: Mapping) -> str | None:
    if mapping.server.file is None:
        return mapping.server.value
    return group_of(mapping.server.file, file, "server.file")


def group_of(pattern: str, file: Path, key: str) -> str:
    """Return what a group of a regular expression finds in a file's name.

    Args:
        pattern: the expression; the whole name must fit.
        file: the file.
        key: the key of the mapping that has the expression, for messages.

    Raises:
        RequestError: the name does not fit.
    """
    found = re.fullmatch(pattern, file.name)
    if found is None or not found[1]:
        raise RequestError(f"{key}: expected names that fit {pattern!r}, got {file.name!r}")
    return found[1]
