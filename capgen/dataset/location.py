"""Names the place of a dataset."""

from __future__ import annotations

import os
from pathlib import Path


def locate(text: str | os.PathLike[str]) -> Path:
    """Return the place that a name stands for.

    Args:
        text: a folder or file.
    """
    return Path(text)
