"""The examples that are shown of layers load, and change the panel."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from capgen import scan
from capgen.config import load_config
from capgen.layers import LAYERS
from capgen.layers.library.writing import library_bytes
from tests.conftest import make_config
from tests.libraries import make_library

DEFAULTS = Path(__file__).resolve().parents[1] / "config" / "default.yaml"
EXAMPLES = {layer.path("web"): layer.example for layer in LAYERS if layer.example} | {
    "metrics.disk": (
        "{shape: quantiles, quantiles: [{at: 0.01, value: 0.2}, {at: 0.5, value: 1}, "
        "{at: 0.99, value: 5}]}"
    ),
}
WINDOW: dict[str, Any] = {
    "num_servers": 6,
    "start_date": "2024-03-01",
    "end_date": "2024-07-10",
    "granularity": "120min",
}


@cache
def plain() -> pl.DataFrame:
    return scan(make_config(**WINDOW)).collect()


@pytest.mark.parametrize("path", EXAMPLES)
def test_an_example_loads_and_changes_the_panel(path: str, tmp_path: Path) -> None:
    (tmp_path / "fleet.library.parquet").write_bytes(library_bytes(make_library()))
    file = tmp_path / "config.yaml"
    keys = path.split(".")
    lines = [f"{'  ' * depth}{key}:" for depth, key in enumerate(keys)]
    file.write_text("\n".join(lines) + f" {EXAMPLES[path]}", encoding="utf-8")
    changed = scan(load_config(file, overrides=WINDOW, environment={})).collect()
    assert not changed.equals(plain())


@pytest.mark.parametrize("path", [path for path in EXAMPLES if not path.endswith(".profile")])
def test_an_example_stands_in_the_comments_of_the_defaults(path: str) -> None:
    comments = re.sub(r"\s*\n\s*#\s*", " ", DEFAULTS.read_text(encoding="utf-8"))
    assert EXAMPLES[path] in comments


def test_every_layer_that_can_be_off_has_an_example() -> None:
    config = make_config()
    archetype = config.archetypes["web"]
    off = {layer.name for layer in LAYERS if layer.settings_in(config, archetype) is None}
    assert off == {layer.name for layer in LAYERS if layer.example}
