"""A configuration as text that says everything by itself, for processes without its files."""

from __future__ import annotations

import base64
import json

from capgen.config.model import Config


def portable_text(config: Config) -> str:
    """Return a configuration as JSON, with the bytes of its library in place of the file's name.

    Args:
        config: the panel's configuration.
    """
    values = config.model_dump(mode="json", exclude_none=True)
    library = config.layers.library
    if library is not None:
        content = base64.b64encode(library.file_bytes).decode()
        values["layers"]["library"] |= {"file": None, "content": content}
    return json.dumps(values)
