"""Finds mappings: those of users, and those that ship with capgen."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from capgen.config.merging import KeySource, merge
from capgen.config.problems import problem_lines, shortened
from capgen.config.sources import assignment_sources, file_source
from capgen.config.yaml_text import parse_shipped_yaml
from capgen.errors import ConfigError
from capgen.resources import resource_files, resource_folder
from capgen.telemetry.readers.mapping import Mapping

_ENDING = ".yaml"


def shipped_mappings() -> dict[str, str]:
    """Return the texts of the mappings that ship with capgen, by name."""
    files = resource_files(resource_folder("config") / "mappings", _ENDING)
    return {file.name.removesuffix(_ENDING): file.read_text(encoding="utf-8") for file in files}


def shipped_mapping(name: str, assignments: Sequence[str] = ()) -> Mapping:
    """Return a mapping that ships with capgen.

    Args:
        name: its name.
        assignments: texts such as `time.zone=Europe/Berlin`, which win.
    """
    source = f"mapping {name}"
    return _checked([KeySource(source, parse_shipped_yaml(shipped_mappings()[name]))], assignments)


def mapping_of_file(path: Path, assignments: Sequence[str]) -> Mapping:
    """Read a mapping of a user's.

    Args:
        path: a YAML file.
        assignments: as in `shipped_mapping`.

    Raises:
        ConfigError: keys are unknown or have wrong values; the message names each.
    """
    return _checked([file_source(path)], assignments)


def plain_mapping(reader: str, assignments: Sequence[str]) -> Mapping:
    """Return the mapping of a reader that says nothing else.

    Args:
        reader: the reader's name.
        assignments: as in `shipped_mapping`.
    """
    return _checked([KeySource("--as", {"reader": reader})], assignments)


def _checked(sources: list[KeySource], assignments: Sequence[str]) -> Mapping:
    merged = merge([*sources, *assignment_sources(assignments)])
    try:
        return Mapping.model_validate_json(json.dumps(merged.values))
    except ValidationError as error:
        details = error.errors(include_url=False)
        lines = shortened(list(problem_lines(details, merged, Mapping)))
    raise ConfigError(*lines)
