"""What a destination answers: the files that a program takes, and how it takes them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar, NamedTuple

from capgen.handover.handed import Handed
from capgen.storage.counted import Counted


class File(NamedTuple):
    """A file that a program takes.

    Args:
        name: its path inside the folder; of no account where there is one file.
        write: writes it to a file that is open for writing.
    """

    name: str
    write: Callable[[Counted], None]


class Destination(ABC):
    """A program that a dataset is handed over to.

    Attributes:
        name: what `--for` takes.
        summary: what the program is, and what it gets, in one line.
        loading: how to load it, in three lines or fewer. `DATA` stands for the file or the folder.
        language: of these lines: `python` or `sh`.
        endings: of the one file, the first by default; none where it is a folder of files.
        forms: formats to choose from with `--format`, the first by default; names of `WRITERS`.
        takes: the options beside those of any export that change something: `until`, `stacked`,
            `anomalies`.
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    loading: ClassVar[str]
    language: ClassVar[str] = "python"
    endings: ClassVar[tuple[str, ...]] = ()
    forms: ClassVar[tuple[str, ...]] = ()
    takes: ClassVar[frozenset[str]] = frozenset()

    def problems(self, handed: Handed) -> Iterator[str]:
        """Yield what keeps the rows from being handed over, before any work.

        Args:
            handed: the rows that are asked for.
        """
        yield from ()

    @abstractmethod
    def files(self, handed: Handed) -> Iterator[File]:
        """Yield the files, in order; each is written before the next one is asked for.

        What the user should know of servers is noted by `handed.remark`.

        Args:
            handed: the rows that are asked for.
        """

    def statements(self, handed: Handed, path: Path) -> str:
        """Return what to print when all is written, such as a table's definition; by default none.

        Args:
            handed: the rows that were handed over.
            path: the file or folder.
        """
        return ""
