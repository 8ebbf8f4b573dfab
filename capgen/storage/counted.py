"""Files open for writing that keep count of what is written to them."""

from __future__ import annotations

import hashlib
from typing import Protocol


class Writable(Protocol):
    """What takes bytes."""

    def write(self, data: bytes, /) -> int:
        """Write on."""


class Counted:
    """A file open for writing that keeps count of what is written to it.

    It need not know where it stands.

    Args:
        file: open for writing.
    """

    closed = False

    def __init__(self, file: Writable) -> None:
        self._file = file
        self.bytes = 0

    def write(self, data: bytes) -> int:
        """Write on.

        Args:
            data: what comes next.
        """
        self._file.write(data)
        self.bytes += len(data)
        return len(data)

    def tell(self) -> int:
        """Return how much is written."""
        return self.bytes

    def flush(self) -> None:
        """Do nothing: the file below is flushed when it is closed."""


class Hashed(Counted):
    """A file open for writing that keeps the SHA-256 of what is written to it.

    Args:
        file: open for writing.
    """

    def __init__(self, file: Writable) -> None:
        super().__init__(file)
        self._sha256 = hashlib.sha256()

    def write(self, data: bytes) -> int:
        """Write on.

        Args:
            data: what comes next.
        """
        self._sha256.update(data)
        return super().write(data)

    @property
    def sha256(self) -> str:
        """SHA-256 of what is written, as hexadecimal digits."""
        return self._sha256.hexdigest()
