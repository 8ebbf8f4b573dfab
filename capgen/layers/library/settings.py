"""Settings of the library: which file, and how servers take their parameters from it."""

from __future__ import annotations

import base64
import binascii
from functools import lru_cache
from typing import Annotated, Literal, Self

from pydantic import Field, PrivateAttr, StringConstraints, model_validator

from capgen.errors import RequestError
from capgen.layers.conditions import OneOrMore
from capgen.layers.library.table import Library, digest_of
from capgen.settings.types import Factor, Frozen, Name, Section
from capgen.system.paths import local_path

_MOST_BYTES = 2**30
_KEPT_LIBRARIES = 8
_MOST_HOURS = 12


@lru_cache(maxsize=_KEPT_LIBRARIES)
def _kept_library(content: bytes) -> Library:
    from capgen.layers.library.reading import read_library  # it is slow to import

    return read_library(content)


class LibraryUse(Section):
    """A table of servers' parameters, and how servers take theirs from it.

    Attributes:
        file: a Parquet file, relative to the file that names it; null where `content` is given.
        sha256: what the file must have; null: whatever it has.
        content: the bytes of the file in base64, in place of its name.
        use: twin: the first server takes the first row, and so on; draw: rows are dealt by
            chance, each once before any again; borrow: one of some rows that are alike, at a level
            of its own.
        where: values of the library's labels; only rows that have them are taken.
        level: factor on each metric's level.
        hour_shift: servers live up to so many hours earlier or later than their rows.
        similar: about how many rows are taken to be alike, to borrow from.
        level_sd: of a borrowed level's logarithm.
        gaps: whether values are missing as the library says.
    """

    file: Annotated[str, Field(min_length=1, max_length=4096)] | None = None
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None
    content: str | None = Field(default=None, exclude=True, repr=False)
    use: Literal["twin", "draw", "borrow"] = "twin"
    where: Frozen[Name, OneOrMore] | None = None
    level: Frozen[Name, Factor] | None = None
    hour_shift: Annotated[int, Field(ge=0, le=_MOST_HOURS)] = 0
    similar: Annotated[int, Field(ge=1, le=1000)] = 4
    level_sd: Annotated[float, Field(ge=0, le=2)] = 0.15
    gaps: bool = True
    _file_bytes: bytes = PrivateAttr(default=b"")
    _library: Library | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _read(self) -> Self:
        content = self._bytes_of_content() if self.content else self._bytes_of_file()
        digest = digest_of(content)
        if self.sha256 not in (None, digest):
            raise ValueError(
                f"expected the library with SHA-256 {self.sha256}, got one with {digest}; "
                "name the one that was meant, or leave out sha256"
            )
        self._file_bytes = content
        self._library = _kept_library(content)
        object.__setattr__(self, "sha256", digest)  # what the panel depends on, named or not
        return self

    @property
    def library(self) -> Library:
        """The table."""
        assert self._library is not None
        return self._library

    @property
    def file_bytes(self) -> bytes:
        """The bytes of the table's file."""
        return self._file_bytes

    def _bytes_of_content(self) -> bytes:
        try:
            return base64.b64decode(self.content or "", validate=True)
        except binascii.Error:
            raise ValueError("expected content in base64, got other characters") from None

    def _bytes_of_file(self) -> bytes:
        if self.file is None:
            raise ValueError(
                "expected the file of a library, got none; "
                "name it with --set layers.library.file=FILE"
            )
        try:
            path = local_path(self.file)
            if not path.is_file():
                raise ValueError(f"expected the file of a library, found none at {self.file}")
            if path.stat().st_size > _MOST_BYTES:
                raise ValueError(f"expected a file of at most {_MOST_BYTES:,} bytes: {self.file}")
            return path.read_bytes()
        except (OSError, RequestError) as error:
            reason = getattr(error, "strerror", None) or error
            raise ValueError(f"expected a readable file at {self.file}, got: {reason}") from None
