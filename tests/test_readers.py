"""Each line of the table of readers reads a dataset as it says."""

from __future__ import annotations

import importlib
import importlib.util
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import capgen
from tests.conftest import make_config
from tests.docs import DATASET_PAGE

LINE = re.compile(r"^\| (\w+) \| `(.+?)` \|", re.MULTILINE)
TABLE = (
    DATASET_PAGE.read_text(encoding="utf-8").partition("| with | as | |")[2].partition("\n\n")[0]
)
MODULES = {"pl": "polars", "pd": "pandas"}
COLUMNS: dict[str, Callable[[Any], list[str]]] = {
    "DuckDB": lambda found: found.columns,
    "Polars": lambda found: found.collect().columns,
    "pandas": lambda found: found.columns.to_list(),
    "pyarrow": lambda found: found.to_table().column_names,
    "capgen": lambda found: found.collect().columns,
}


@pytest.mark.parametrize("reader", COLUMNS)
def test_it_reads_all_columns(reader: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if importlib.util.find_spec(reader.lower()) is None:
        pytest.skip(f"needs {reader}")
    config = make_config(num_servers=4, start_date="2023-12-31", end_date="2024-01-02")
    capgen.build(config, tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    code = dict(LINE.findall(TABLE))[reader]
    known = {
        name: importlib.import_module(MODULES.get(name, name)) for name in re.findall(r"^\w+", code)
    }
    if reader == "pyarrow":
        importlib.import_module("pyarrow.dataset")
    found = eval(code, known)  # noqa: S307 - the page is ours
    assert set(COLUMNS[reader](found)) == set(capgen.scan(config).collect_schema())


def test_spark_and_all_others_are_in_the_table() -> None:
    assert list(dict(LINE.findall(TABLE))) == [
        "DuckDB",
        "Polars",
        "pandas",
        "pyarrow",
        "Spark",
        "capgen",
    ]
