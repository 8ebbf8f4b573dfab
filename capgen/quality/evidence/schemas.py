"""The columns of the files, beside those of the data contract."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from capgen import sql
from capgen.columns import SQL_TYPES
from capgen.dataset.data_files import literal
from capgen.quality.source import Source
from capgen.storage.layout import PARTITION_KEYS

_STRAY = f"files lie outside folders of {' and '.join(PARTITION_KEYS)}"


@dataclass(frozen=True, slots=True)
class Schemas:
    """How the columns of a dataset's files differ from the data contract.

    Args:
        wrong: number of files at fault.
        problems: what is wrong with them.
        good: columns that are as expected in every file, partition keys included.
    """

    wrong: int
    problems: list[str]
    good: frozenset[str]


def compare_schemas(source: Source) -> Schemas:
    """Compare the columns of every file with the data contract.

    Args:
        source: an open dataset.
    """
    strays = list(_stray_problems(source))
    if not source.files:
        return Schemas(len(source.strays), strays, frozenset())
    expected = {name: SQL_TYPES[kind] for name, kind in source.described.schema.items()}
    in_files = {name: kind for name, kind in expected.items() if name not in PARTITION_KEYS}
    problems: list[str] = []
    bad: set[str] = set()
    wrong = 0
    schemas = sql.fetch_rows(source.connection, "checks/schema", {"files": literal(source.files)})
    for schema in schemas:
        found = dict(zip(schema["names"], schema["types"], strict=True))
        differences = list(_differences(in_files, found))
        if differences:
            wrong += schema["files"]
            problems.append(f"{', '.join(differences)} in {schema['first_file']}")
        bad |= {name for name, kind in in_files.items() if found.get(name) != kind}
    return Schemas(wrong + len(source.strays), strays + problems, frozenset(set(expected) - bad))


def _stray_problems(source: Source) -> Iterator[str]:
    if source.strays:
        yield f"{_STRAY}, such as {source.strays[0].relative_to(source.folder)}"


def _differences(expected: dict[str, str], found: dict[str, str]) -> Iterator[str]:
    for name, kind in expected.items():
        if found.get(name) != kind:
            yield f"{name}: {found.get(name, 'missing')}, expected {kind}"
    yield from (f"{name}: not expected" for name in found if name not in expected)
    if set(found) == set(expected) and list(found) != list(expected):
        yield f"order {', '.join(found)}"
