"""Reads the JSON documents beside a dataset's data, and says what is wrong with a damaged one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from capgen.config.problems import expectation, shown
from capgen.config.shares import share_problem
from capgen.words import abridged

_MOST_PROBLEMS = 3
Document = TypeVar("Document", bound=BaseModel)


def read_document(model: type[Document], text: str) -> Document:
    """Read a JSON document with a model.

    Args:
        model: the document's type.
        text: the document as JSON.

    Raises:
        ValueError: the document does not fit the model; one line says the keys, what they got and
            what was expected.
    """
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        lines = list(_lines(error))
    raise ValueError("; ".join(abridged(lines, _MOST_PROBLEMS, "problem")))


def _lines(error: ValidationError) -> Iterator[str]:
    for detail in error.errors(include_url=False):
        if detail["type"] == "rules":
            problems = [share_problem(detail["ctx"]["shares"]), *detail["ctx"]["problems"]]
            yield from filter(None, problems)
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
