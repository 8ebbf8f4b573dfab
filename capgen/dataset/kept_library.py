"""The copy that a dataset keeps of the library that its servers took their parameters from."""

from __future__ import annotations

import base64
from pathlib import Path, PurePosixPath
from typing import Any

from capgen.storage.layout import LIBRARY


def with_library(values: dict[str, Any], manifest: Path) -> dict[str, Any]:
    """Return a configuration with the bytes of its library, where it has one and a copy is there.

    Args:
        values: a dataset's configuration as plain data.
        manifest: the dataset's manifest, beside which the copy lies.
    """
    layers = values.get("layers", {})
    copy = manifest.with_name(PurePosixPath(LIBRARY).name)
    if "library" not in layers or not copy.is_file():
        return values
    content = base64.b64encode(copy.read_bytes()).decode()
    return {**values, "layers": {**layers, "library": {**layers["library"], "content": content}}}
