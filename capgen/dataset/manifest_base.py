"""What the manifest of a dataset and that of a rollup have in common."""

from __future__ import annotations

import hashlib
import json
import re
import shlex
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Self

from pydantic import BaseModel, ConfigDict

from capgen.config import Config
from capgen.config.documents import read_document
from capgen.dataset.description import Description
from capgen.errors import CapgenError, RequestError
from capgen.storage.confinement import check_confined
from capgen.storage.entries import DataEntry, SideEntry
from capgen.storage.files import write_whole
from capgen.storage.layout import MANIFEST

BUILT = "dataset"
_KIND = re.compile(r'\s*\{\s*"kind"\s*:\s*"([a-z]+)"')  # the first key; the rest may be cut off


class ManifestBase(BaseModel):
    """A document that names files, and itself by a digest.

    Each kind says in which order its keys stand.
    """

    # Most programs read one kind of manifest.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    if TYPE_CHECKING:  # each kind declares these fields itself, in its own order
        capgen_version: str
        granularity: str
        first_timestamp: datetime
        last_timestamp: datetime
        files: Sequence[DataEntry]
        rows: int
        manifest_digest: str

        @property
        def side_files(self) -> Sequence[SideEntry]:
            """Files beside the data."""

    expected: ClassVar[str]  # what an error says that the reader expected
    unaltered: ClassVar[str]
    way_out: ClassVar[str]
    mends: ClassVar[str]  # what mends missing and altered files; {folder} stands for theirs
    made: ClassVar[str]  # how its files came to be: as built, loaded, rolled up
    may_roll_up: ClassVar[bool] = True
    no_model: ClassVar[str] = ""  # why nothing can be made from it, and what to do instead

    def description(self) -> Description:
        """Return what the rows are.

        Raises:
            CapgenError: the manifest does not say it, or this version of capgen does not
                understand it; the message names the way out.
        """
        raise NotImplementedError

    def load_config(self) -> Config:
        """Return the configuration that the data was built from.

        Raises:
            RequestError: it has none; the message says what to do instead.
            CapgenError: this version of capgen does not understand it.
        """
        raise RequestError(f"expected a dataset that capgen build wrote, got {self.no_model}")

    def model(self) -> Config | None:
        """Return the configuration that the data should follow; None where it stands for itself.

        Raises:
            RequestError: the data is neither.
            CapgenError: as in `load_config`.
        """
        return self.load_config()

    @property
    def citation(self) -> str:
        """A line to cite the data by."""
        raise NotImplementedError

    @property
    def fleet(self) -> dict[str, int]:
        """Number of servers by server type; empty where it is not known."""
        raise NotImplementedError

    @property
    def account_cells(self) -> list[list[str]]:
        """What was found and mended when the data was loaded, the most frequent first.

        A row each: what, where, how often, and in words; none of what was not loaded.
        """
        return []

    @property
    def origin(self) -> Mapping[str, str]:
        """Where the data comes from, as the metadata of what is made from it."""
        return {"capgen.version": self.capgen_version, "capgen.citation": self.citation}

    def remedy(self, folder: Path) -> str:
        """Return what mends missing and altered files.

        Args:
            folder: of the data.
        """
        return self.mends.format(folder=shlex.quote(str(folder)))

    @property
    def paths(self) -> list[str]:
        """The paths of all files that are made before the manifest."""
        return [entry.path for entry in [*self.files, *self.side_files]]

    @property
    def text(self) -> str:
        """The text of the document."""
        return self.model_dump_json(indent=2) + "\n"

    @property
    def own_digest(self) -> str:
        """The digest that an unaltered manifest names."""
        # Only of keys that are set: the manifest of an earlier version has fewer.
        text = self.model_dump_json(exclude={"manifest_digest"}, exclude_unset=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def signed(self) -> Self:
        """Return the same manifest with its digest."""
        whole = type(self).model_validate_json(self.text)  # with every key set, as a reader sees it
        return whole.model_copy(update={"manifest_digest": whole.own_digest})

    def write(self, folder: Path) -> None:
        """Write the manifest; it comes last, because it makes a folder whole.

        Args:
            folder: the folder of the dataset or rollup.
        """
        write_whole(folder / MANIFEST, self.text)

    @classmethod
    @cache
    def schema_text(cls) -> str:
        """Return the JSON Schema of this kind of manifest."""
        return json.dumps(cls.model_json_schema(), indent=2) + "\n"

    @classmethod
    def parse(cls, path: Path, text: str) -> Self:
        """Read a manifest from its text.

        Args:
            path: the file's path, for messages.
            text: the file's content.

        Raises:
            CapgenError: the manifest is damaged, names files outside of its folder, or is of a
                version that this capgen does not know.
        """
        try:
            found = read_document(cls, text)
        except ValueError as error:
            raise cls.damaged(path, error) from None
        if found.manifest_digest != found.own_digest:
            raise CapgenError(
                f"{path}: expected {cls.unaltered}, got one that does not match its own digest; "
                f"{cls.way_out}"
            )
        check_confined(path, found)
        return found

    @classmethod
    def damaged(cls, path: Path, found: object) -> CapgenError:
        """Return an error that says that a file is not such a manifest.

        Args:
            path: the file's path.
            found: what the file is.
        """
        return CapgenError(f"{path}: expected {cls.expected}, got {found}; {cls.way_out}")


def kind_of(text: str) -> str:
    """Return the kind of a manifest: `dataset` for that of a build, which does not say it.

    Args:
        text: the manifest's text.
    """
    found = _KIND.match(text)
    return found[1] if found else BUILT
