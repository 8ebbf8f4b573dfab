"""The layers of the model, as a table."""

from __future__ import annotations

import sys
from typing import Any

from capgen.layers import LAYERS
from capgen.layers.layer import Layer
from tests.docs.table import code, table


def layer_table() -> str:
    """Return each layer in the order in which they act: its name, key, sentence and example."""
    return table(["layer", "key", "what it is", "example"], map(_row, LAYERS))


def _row(layer: Layer[Any]) -> list[str]:
    module = sys.modules[type(layer).__module__]
    (about, *_) = (module.__doc__ or "").split("\n\n")
    example = code(layer.example) or "always on"
    return [layer.name, code(layer.key), " ".join(about.split()), example]
