"""Writes the answer to a query batch by batch, because it may be larger than memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from capgen import sql
from capgen.dataset.export.formats.csv import write_csv
from capgen.dataset.export.formats.form import Writer
from capgen.dataset.export.formats.json import write_json
from capgen.dataset.export.formats.parquet import write_parquet
from capgen.storage.output import Output

# DuckDB's types that a format cannot hold; they are written as text.
_NOWHERE = {"bit", "interval", "time with time zone", "union", "variant"}
_IN_NO_TEXT = {*_NOWHERE, "blob", "map", "timestamp with time zone"}
_NESTED = {"array", "list", "struct"}
_AS_TEXT: Mapping[str, set[str]] = {
    "csv": _IN_NO_TEXT | _NESTED,
    "json": _IN_NO_TEXT,
    "parquet": _NOWHERE,
}


def write_answer(relation: Any, form: str, place: Output) -> None:
    """Write all rows of a relation.

    Args:
        relation: a DuckDB relation.
        form: `csv`, `json` or `parquet`.
        place: the place to write to.
    """
    plain = relation.project(", ".join(_columns(relation, _AS_TEXT[form])))
    with place.stream() as file:
        _WRITERS[form](plain.to_arrow_reader(), file, {})


def _columns(relation: Any, as_text: set[str]) -> Iterator[str]:
    """Yield each column in SQL; columns of the same name are numbered, as in DuckDB's own files."""
    kinds = [kind.id for kind in relation.types]
    for number, (name, kind) in enumerate(zip(_distinct(relation.columns), kinds, strict=True), 1):
        value = f"#{number}::varchar" if kind in as_text else f"#{number}"
        yield f"{value} as {sql.identifier(name)}"


def _distinct(names: Sequence[str]) -> list[str]:
    found: list[str] = []
    for name in names:
        number = 0
        candidate = name
        while candidate in found:
            number += 1
            candidate = f"{name}_{number}"
        found.append(candidate)
    return found


_WRITERS: Mapping[str, Writer] = {
    "csv": write_csv,
    "json": write_json,
    "parquet": write_parquet,
}
