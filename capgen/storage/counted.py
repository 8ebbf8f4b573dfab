"""Files open for writing that count, and hash, what is written to them."""

from __future__ import annotations

import hashlib
from typing import Protocol


class Writable(Protocol):
    """A file to which bytes can be written."""

    def write(self, data: bytes, /) -> int:
        """Write the next bytes."""


class Counted:
    """A file open for writing that counts its bytes, for a file below that has no position.

    Args:
        file: the file to write to.
    """

    closed = False

    def __init__(self, file: Writable) -> None:
        self._file = file
        self.bytes = 0

    def write(self, data: bytes) -> int:
        """Write the next bytes.

        Args:
            data: the bytes.
        """
        self._file.write(data)
        self.bytes += len(data)
        return len(data)

    def tell(self) -> int:
        """Return the number of bytes written so far."""
        return self.bytes

    def flush(self) -> None:
        """Do nothing: the file below is flushed when it closes."""


class Hashed(Counted):
    """A file open for writing that also computes the SHA-256 of its bytes.

    Args:
        file: the file to write to.
    """

    def __init__(self, file: Writable) -> None:
        super().__init__(file)
        self._sha256 = hashlib.sha256()

    def write(self, data: bytes) -> int:
        """Write the next bytes.

        Args:
            data: the bytes.
        """
        self._sha256.update(data)
        return super().write(data)

    @property
    def sha256(self) -> str:
        """SHA-256 of the bytes written so far, as hexadecimal digits."""
        return self._sha256.hexdigest()
