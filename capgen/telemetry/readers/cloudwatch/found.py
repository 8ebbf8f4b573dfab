"""The series of CloudWatch's answers: whose they are, and what their values are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from capgen.dataset.telemetry_manifest import AccountLine
from capgen.errors import RequestError
from capgen.settings.statistic import MEAN
from capgen.telemetry.readers.assembly import Export
from capgen.telemetry.readers.cloudwatch.names import (
    SAMPLE_COUNT,
    SUM,
    metric_in,
    resource_in,
    server_in,
    statistic_in,
    unit_of,
)
from capgen.telemetry.readers.mapping import Mapping
from capgen.telemetry.readers.reader import ReadMetric
from capgen.telemetry.readers.roles.series import Roles, Series, guess, some

SEPARATOR: Final = "\x1f"
_UNITS_BY_NAME: Final = {
    "percent": re.compile(r"(utilization|percent|_pct)$", re.IGNORECASE),
    "byte": re.compile(r"(bytes|^network(in|out))$", re.IGNORECASE),
}


def series_of_points(
    identities: Sequence[str], exports: dict[str, Export], labels: dict[str, str]
) -> list[Series]:
    """Return the series of get-metric-statistics; counts of samples are left out.

    Args:
        identities: file, unit and statistic, with a separator between.
        exports: by file.
        labels: of the answers, by file.
    """
    found: list[Series] = []
    for identity in identities:
        filename, unit, word = identity.split(SEPARATOR)
        label = labels[filename]
        server = server_in(Path(exports[filename].name).stem, label)
        statistic = statistic_in(word)
        if statistic not in {None, SAMPLE_COUNT}:
            found.append(_series(identity, label, server, statistic, unit_of(unit), {"unit": unit}))
    return found


def series_of_results(
    identities: Sequence[str], exports: dict[str, Export], mapping: Mapping
) -> list[Series]:
    """Return the series of get-metric-data.

    Args:
        identities: file, id and label, with a separator between.
        exports: by file.
        mapping: what the user says.
    """
    found: list[Series] = []
    for identity in identities:
        filename, result, label = identity.split(SEPARATOR)
        stem = Path(exports[filename].name).stem
        server = resource_in(label) or resource_in(result) or server_in(stem, label)
        said = [statistic_in(text) for text in (label, result, stem)]
        statistic = next((one for one in said if one), None)
        name = stem if mapping.server.column == "Label" else metric_in(label or result, server)
        unit = _unit_by_name(name)
        places = {"Label": label, "Id": result}
        column = mapping.server.column or ""
        labels = {column: places[column]} if column in places else {}
        found.append(_series(identity, name, server, statistic, unit, labels))
    return found


def _unit_by_name(name: str) -> str | None:
    return next((unit for unit, ending in _UNITS_BY_NAME.items() if ending.search(name)), None)


def _series(
    identity: str,
    name: str,
    server: str | None,
    statistic: str | None,
    unit: str | None,
    labels: dict[str, str],
) -> Series:
    """Return a series; a sum over a period is a mean rate, told by the step."""
    is_sum = statistic == SUM
    per_step = f"{unit}/step" if is_sum and unit in {"byte", "bit", "count"} else unit
    of_step = MEAN if is_sum else statistic
    known = ReadMetric(key=name, unit=per_step, statistic=of_step or MEAN)
    places = {"server": server} if server else {}
    sums = {"statistic": SUM} if is_sum else {}
    return Series(identity, name, {**labels, **places, **sums}, known, of_step)


def check_statistics(series: Sequence[Series], roles: Roles, mapping: Mapping) -> None:
    """Refuse values of which nobody says what they are of their period.

    Raises:
        RequestError: neither the exports nor the mapping say it.
    """
    silent = {one.id: one.name for one in series if one.statistic is None}
    for identity, metric, _, _ in roles.rows:
        place = mapping.metrics.get(metric)
        if identity in silent and (place is None or place.statistic is None):
            name = silent[identity]
            raise RequestError(
                f"statistic: expected what the values of {name!r} are of their period (mean, max, "
                f"min, p95), which get-metric-data does not say; which statistic did the query "
                f"ask for? Say metrics: {{KEY: {{name: {name!r}, statistic: mean}}}} in a mapping"
            )


def guesses_of(series: Sequence[Series], mapping: Mapping) -> list[AccountLine]:
    """Return what is taken for granted about servers and units."""
    lines: list[AccountLine] = []
    if not mapping.server.chosen("file", "value", "column"):
        says = "taken from the ids in labels and files' names; set it with server: {file: PATTERN}"
        lines.append(guess("server", "", says))
    named = sorted({one.name for one in series if "unit" not in one.labels and one.known.unit})
    if named:
        says = "get-metric-data has no units: percent and bytes by the name; set them with unit"
        lines.append(guess("unit", some(named), says))
    if any((one.known.unit or "").endswith("/step") for one in series):
        says = (
            "sums over a period, which is taken to be the step of the stamps; to: makes a rate of "
            "them, such as to: Mbit/s"
        )
        lines.append(guess("period", "", says))
    return lines
