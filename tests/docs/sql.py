"""The SQL files: macros, what they read, and queries, as tables of what their comments say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources.abc import Traversable

from capgen.config import load_config
from capgen.panel.calendar import macro_tables
from capgen.resources import resource_files, resource_folder
from tests.docs.table import code, table

_MACRO = re.compile(r"((?:^--.*\n)*)create or replace macro (\w+\([\w, ]*\))", re.MULTILINE)
_FOLDERS = (
    "calendar",
    "checks",
    "compare",
    "dataset",
    "export",
    "load",
    "load/readers",
    "report",
    "rollup",
)


def macro_table() -> str:
    """Return each macro and what the comments of its file, or before it, say."""
    rows = (
        row
        for file in resource_files(resource_folder("sql") / "macros", ".sql")
        for row in _macros(file)
    )
    return table(["file", "macro", "what"], rows)


def setting_table() -> str:
    """Return each table that the macros read, with what it holds of the default preset."""
    rows = []
    for name, frame in macro_tables(load_config(environment={})).items():
        first = next(frame.iter_rows(), ())
        values = ", ".join(
            f"{column} {_shown(value)}" for column, value in zip(frame.columns, first, strict=False)
        )
        rows.append([code(name), ", ".join(map(code, frame.columns)), str(frame.height), values])
    return table(["table", "columns", "rows", "first row"], rows)


def query_table() -> str:
    """Return each query file and the first sentence of its comment."""
    rows = [
        [code(f"{folder}/{file.name}"), _first_sentence(_leading_comment(file))]
        for folder in _FOLDERS
        for file in resource_files(resource_folder("sql") / folder, ".sql")
    ]
    return table(["file", "what"], rows)


def _macros(file: Traversable) -> Iterator[list[str]]:
    yield [code(file.name), "", _leading_comment(file)]
    for comment, signature in _MACRO.findall(file.read_text(encoding="utf-8")):
        yield ["", code(signature), _plain(comment)]


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _leading_comment(file: Traversable) -> str:
    lines = file.read_text(encoding="utf-8").splitlines()
    comment = []
    for line in lines:
        if not line.startswith("--"):
            break
        comment.append(line)
    return _plain("\n".join(comment))


def _plain(comment: str) -> str:
    return " ".join(line.removeprefix("--").strip() for line in comment.splitlines())


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=[.:]) (?=[A-Z])", text)[0]
