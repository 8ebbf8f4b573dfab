"""The forms of exports that capgen knows, and the keys of a mapping, as tables."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from capgen.telemetry.listing import known_forms
from capgen.telemetry.readers import READERS
from capgen.telemetry.readers.mapping import Mapping
from tests.docs.keys import keys_below
from tests.docs.table import code, table
from tests.docs.takes import takes


def form_table() -> str:
    """Return each reader and each shipped mapping, with what it reads."""
    readers = {reader.name for reader in READERS}
    rows = (
        [code(name), "reader" if name in readers else "mapping", says]
        for name, says in known_forms()
    )
    return table(["name", "kind", "what it reads"], rows)


def mapping_table() -> str:
    """Return each key of a mapping, with what it is and takes."""
    return table(["key", "what", "takes", "default"], _rows())


def _rows() -> Iterator[list[str]]:
    for key in keys_below(Mapping):
        if key.path.startswith("holidays."):
            continue  # as in a configuration
        path = key.path.replace("from_", "from")  # a word of Python
        default = "" if key.section else _shown(key.field.default)
        yield [code(path), key.about, takes(key.annotation), default]


def _shown(default: Any) -> str:
    if default is None or default == {}:
        return ""
    return code(default if isinstance(default, str) else json.dumps(default))
