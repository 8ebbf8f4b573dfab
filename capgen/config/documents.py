"""Reads the JSON documents that capgen writes beside its data, and says what is wrong with a damaged one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from capgen.config.problems import expectation, shown
from capgen.config.shares import share_problem

_MOST_PROBLEMS = 3
Document = TypeVar("Document", bound=BaseModel)


def read_document(model: type[Document], text: str) -> Document:
    """Return a JSON document as the model says.

    Args:
        model: what it should be.
        text: JSON.

    Raises:
        ValueError: it is not so; says the key, what it got and what was expected, in one line.
    """
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        lines = list(_lines(error))
    more = len(lines) - _MOST_PROBLEMS
    rest = [f"and {more} more problems"] if more > 0 else []
    raise ValueError("; ".join([*lines[:_MOST_PROBLEMS], *rest]))


def _lines(error: ValidationError) -> Iterator[str]:
    for detail in error.errors(include_url=False):
        if detail["type"] == "rules":
            yield from filter(
                None, [share_problem(detail["ctx"]["shares"]), *detail["ctx"]["problems"]]
            )
        else:
            yield _line(detail)


def _line(detail: ErrorDetails) -> str:
    key = ".".join(map(str, detail["loc"])) or "document"
    match detail["type"]:
        case "json_invalid":
            return f"{key}: expected JSON, got {detail['ctx']['error']}"
        case "missing":
            return f"{key}: expected, got none"
        case "extra_forbidden":
            return f"{key}: unknown key"
        case _:
            return f"{key}: {expectation(detail)}, got {shown(detail['input'])}"
