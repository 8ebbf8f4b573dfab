"""The series behind columns: names and labels out of headers and columns of text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from capgen.telemetry.readers.grafana.form import title_of
from capgen.telemetry.readers.grafana.layout import Layout
from capgen.telemetry.readers.grafana.suffixes import unit_and_factors
from capgen.telemetry.readers.mapping import Mapping as ExportMapping
from capgen.telemetry.readers.prometheus.text import parsed_series
from capgen.telemetry.readers.reader import ReadMetric
from capgen.telemetry.readers.roles.series import Series

SEPARATOR: Final = "\x1f"
LABEL_SEPARATOR: Final = "\x1e"
HEADER: Final = "header"
_NAME_COLUMNS: Final = {"series", "metric", "field", "__name__"}
_VALUE_COLUMNS: Final = {"value", ""}


def series_of(
    identities: Sequence[str], layouts: Mapping[str, Layout], mapping: ExportMapping
) -> tuple[list[Series], dict[str, float]]:
    """Return the series of cells, and what their values are multiplied by, by id.

    Args:
        identities: file, column, labels and suffix, with a separator between.
        layouts: by file.
        mapping: what the user says.
    """
    suffixes: dict[tuple[str, str], set[str]] = defaultdict(set)
    parts = {one: one.split(SEPARATOR) for one in identities}
    for filename, column, _, suffix in parts.values():
        suffixes[filename, column].add(suffix)
    series: list[Series] = []
    factors: dict[str, float] = {}
    for one, (filename, column, texts, suffix) in parts.items():
        layout = layouts[filename]
        header = layout.form.header[int(column) - 1].strip()
        about = f"{layout.export.name}, column {header!r}"
        unit, scale = unit_and_factors(suffixes[filename, column], about)
        name, labels = _named(header, layout, texts, mapping)
        factors[one] = scale.get(suffix, 1.0)
        series.append(Series(one, name, labels, ReadMetric(key=name, unit=unit)))
    return series, factors


def _named(
    header: str, layout: Layout, texts: str, mapping: ExportMapping
) -> tuple[str, dict[str, str]]:
    """Return the name and labels of a column, with the labels that its row has."""
    title = title_of(layout.export.name)
    name = header
    labels: dict[str, str] = {}
    if mapping.server.column == HEADER:
        name = title
        labels[HEADER] = header
    else:
        name, labels = _split(header, title)
    columns = [layout.form.header[number - 1].strip() for number in layout.labels]
    for column, text in zip(columns, texts.split(LABEL_SEPARATOR), strict=False):
        if column.lower() in _NAME_COLUMNS and name.lower() in _VALUE_COLUMNS | {title.lower()}:
            name, more = _split(text, title)
            labels |= more
        else:
            labels[column] = text
    return (title if name.lower() in _VALUE_COLUMNS else name), labels


def _split(text: str, title: str) -> tuple[str, dict[str, str]]:
    """Return the name and labels of a text such as `cpu {instance="a:9100"}`."""
    before, brace, rest = text.partition("{")
    found = parsed_series("{" + rest) if brace else None
    if found is None:
        return text, {}
    return before.strip() or found[0] or title, found[1]
