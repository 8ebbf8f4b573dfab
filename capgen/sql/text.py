"""The text of shipped SQL, and of the names in it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import groupby

from capgen.resources import resource_files, resource_folder

_PLACEHOLDER = re.compile(r"\{([a-z]+)\}")
_PLAIN_NAME = re.compile(r"[a-z][a-z0-9_]*")


def macro_text() -> str:
    """Return the text of all macros in the order that DuckDB needs."""
    files = resource_files(resource_folder("sql") / "macros", ".sql")
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def query_text(name: str) -> str:
    """Return the text of a shipped query.

    Args:
        name: the query's path below `sql/`, without the ending.
    """
    return (resource_folder("sql") / f"{name}.sql").read_text(encoding="utf-8")


def identifier(name: str) -> str:
    """Return a column's name quoted for SQL.

    Args:
        name: the column's name; it may be a word of SQL and hold any character.
    """
    return '"' + name.replace('"', '""') + '"'


def repeat_lines(text: str, repeats: Sequence[Mapping[str, str]]) -> str:
    """Repeat a query's lines that stand for one metric, or for one pair of metrics.

    Adjacent lines with `{column}` are written once for each mapping that gives a `column` and
    nothing else; those with `{left}` and `{right}` once for each that gives these two. Other lines
    stay as they are. So a query can pair the columns of two tables, or a column with a constant of
    its own, which DuckDB's `columns(…)` cannot.

    Args:
        text: the query.
        repeats: column names by placeholder.

    Raises:
        ValueError: a column's name is not plain and lower-case, as configured names are.
    """
    for names in repeats:
        if not all(map(_PLAIN_NAME.fullmatch, names.values())):
            raise ValueError(f"expected plain lower-case column names, got {names}")
    filled: list[str] = []
    for wanted, lines in groupby(text.splitlines(), _placeholders):
        block = "\n".join(lines)
        fitting = [names for names in repeats if wanted == set(names)] if wanted else [{}]
        filled += [_fill(block, names) for names in fitting]
    return "\n".join(filled)


def _placeholders(line: str) -> set[str]:
    return set(_PLACEHOLDER.findall(line))


def _fill(block: str, names: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda match: names[match[1]], block)
