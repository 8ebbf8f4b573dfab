"""Lists the forms of exports that capgen knows."""

from __future__ import annotations

from collections.abc import Iterator

from capgen.telemetry.mapping_files import shipped_mappings
from capgen.telemetry.readers import READERS


def known_forms() -> Iterator[tuple[str, str]]:
    """Yield the name of each reader and shipped mapping, and what it reads."""
    for reader in READERS:
        yield reader.name, reader.says
    for name, text in shipped_mappings().items():
        yield name, text.splitlines()[0].removeprefix("# ").removesuffix(".")
