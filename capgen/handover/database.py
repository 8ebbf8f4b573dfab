"""Databases: a file of rows, and the statements that make the table and load it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from pathlib import Path

from capgen.handover.destination import Destination, File
from capgen.handover.handed import Handed
from capgen.storage.counted import Counted

TABLE = "panel"
SCRIPT = "load.sql"
KEY = ("server_id", "timestamp")


class Database(Destination):
    """A database that reads files by its own statements."""

    language = "sh"

    @abstractmethod
    def script(self, handed: Handed) -> str:
        """Return the statements that make the table and load it.

        Args:
            handed: the rows that are handed over.
        """

    @abstractmethod
    def rows(self, handed: Handed) -> File:
        """Return the file of rows.

        Args:
            handed: the rows that are handed over.
        """

    def problems(self, handed: Handed) -> Iterator[str]:
        """Yield that the table's key is not asked for."""
        missing = [name for name in KEY if name not in handed.columns]
        if missing:
            yield (
                f"--columns: expected {' and '.join(KEY)} among them, the table's key, "
                f"got no {' and no '.join(missing)}"
            )

    def files(self, handed: Handed) -> Iterator[File]:
        """Yield the rows, and the statements."""
        yield self.rows(handed)
        yield File(SCRIPT, lambda file: _write_script(self.script(handed), file))

    def statements(self, handed: Handed, path: Path) -> str:
        """Return the statements."""
        return self.script(handed)


def _write_script(text: str, file: Counted) -> None:
    file.write(f"{text}\n".encode())


def quoted(text: str) -> str:
    """Return text as a literal of SQL.

    Args:
        text: any.
    """
    doubled = text.replace("'", "''")
    return f"'{doubled}'"
