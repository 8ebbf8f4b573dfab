"""The page: one HTML file that holds its charts, their data, and the library that draws them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

from capgen.dataset.manifest import Manifest
from capgen.quality.outcome import Report
from capgen.report.captions import Captions
from capgen.report.head import TITLES, Cells, composition, facts, headroom_cells, verdict_cells
from capgen.report.rows import places
from capgen.report.style import colours_of
from capgen.report.tables import WHOLE_FLEET, Tables

_WIDE = {"utilisation", "growth", "quality"}
_HEADINGS = ("rule", "verdict", "measured", "expected", "what, where and why")
_NUMBERS = {"measured", "expected"}
_CLASSES = {"pass": "pass", "fail": "fail", "not testable": "untestable"}


def page_text(
    title: str,
    manifest: Manifest,
    tables: Tables,
    report: Report,
    specs: Mapping[str, Mapping[str, Any]],
    captions: Captions,
    library: str,
) -> str:
    """Return the page.

    Args:
        title: of the page.
        manifest: of the dataset.
        tables: of the dataset.
        report: the outcome of a check.
        specs: of the charts, by panel.
        captions: of the charts.
        library: JavaScript that gives `vegaEmbed`.
    """
    below = {"growth": _headroom_table(tables), "quality": _verdict_table(report)}
    return Template(_part("page.html")).substitute(
        title=escape(title),
        style=_part("page.css"),
        facts="".join(
            f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>"
            for name, value in facts(manifest, tables)
        ),
        fleet=_fleet(tables),
        metrics="".join(
            _option(str(position), label) for position, label in enumerate(tables.labels)
        ),
        archetypes="".join(_option(each, each) for each in tables.archetypes),
        panels="".join(
            _figure(name, captions[WHOLE_FLEET][name][0], tables, below.get(name, ""))
            for name in specs
        ),
        version=escape(manifest.capgen_version),
        specs=_embedded(specs),
        captions=_embedded(captions),
        library=library,
        script=_part("page.js"),
    )


def _part(name: str) -> str:
    return (files("capgen.report") / name).read_text(encoding="utf-8")


def _embedded(value: Any) -> str:
    """Write JSON that cannot end the script element it stands in."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).replace(
        "<", "\\u003c"
    )


def _option(value: str, label: str) -> str:
    return f'<option value="{escape(value)}">{escape(label)}</option>'


def _figure(name: str, caption: str, tables: Tables, below: str) -> str:
    """Write a panel; its chart can be focused, to scroll it where it is wider than the page, and to zoom."""
    kind = ' class="wide"' if name in _WIDE else ""
    return (
        f'<figure{kind} aria-labelledby="title-{name}"><h2 id="title-{name}">{escape(TITLES[name])}</h2>'
        f'<figcaption id="caption-{name}" aria-live="polite">{escape(caption)}</figcaption>'
        f'<div class="scroll" tabindex="0" role="region" aria-labelledby="title-{name}">'
        f'<div class="chart" id="chart-{name}" role="img" aria-label="{escape(caption)}" '
        f'style="min-width:{_least_width(name, tables)}px"></div></div>{_numbers(name)}{below}</figure>'
    )


def _least_width(name: str, tables: Tables) -> int:
    """Return the width, in pixels, in which the words of a chart do not meet."""
    widths = {
        "effects": 60 + 34 * len(places(tables)),
        "quality": 140 + 3 * max(42 * len(tables.archetypes), 126),
    }
    return widths.get(name, 0)


def _numbers(name: str) -> str:
    """Write the place for what hovering shows, as a table, which the script fills."""
    label = f"Numbers: {escape(TITLES[name])}"
    return (
        f'<details class="numbers" id="numbers-{name}"><summary>The numbers</summary>'
        f'<div class="scroll" tabindex="0" role="region" aria-label="{label}"></div></details>'
    )


def _fleet(tables: Tables) -> str:
    colours = colours_of(tables.archetypes)
    return "".join(
        f"<section><h3>servers by {escape(attribute)}</h3><ul>{_bars(found, colours)}</ul></section>"
        for attribute, found in composition(tables).items()
    )


def _bars(found: Sequence[tuple[str, int]], colours: Mapping[str, str]) -> str:
    most = max((count for _, count in found), default=1)
    return "".join(
        f"<li><span>{escape(name)}</span>"
        f'<span class="bar" style="width:{100 * count / most:.1f}%{_colour(name, colours)}"></span>'
        f'<span class="count">{count:,}</span></li>'
        for name, count in found
    )


def _colour(name: str, colours: Mapping[str, str]) -> str:
    return f";background:{colours[name]}" if name in colours else ""


def _headroom_table(tables: Tables) -> str:
    since, until = tables.headroom_since, tables.headroom_until
    title = f"Headroom: the ceiling less the 95th percentile of {since} to {until}"
    return _table(title, ["archetype", *tables.labels], headroom_cells(tables), set(tables.labels))


def _verdict_table(report: Report) -> str:
    return _table("Verdicts of the check", _HEADINGS, verdict_cells(report), _NUMBERS)


def _table(title: str, headings: Sequence[str], cells: Cells, numbers: set[str]) -> str:
    kinds = ["number" if each in numbers else "" for each in headings]
    head = "".join(
        f'<th scope="col" class="{kind}">{escape(each)}</th>'
        for each, kind in zip(headings, kinds, strict=True)
    )
    body = "".join(f"<tr>{''.join(map(_cell, row, kinds))}</tr>" for row in cells)
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    label = escape(title)
    return f'<h3>{label}</h3><div class="scroll" tabindex="0" role="region" aria-label="{label}">{table}</div>'


def _cell(text: str, kind: str) -> str:
    verdict = _CLASSES.get(text)
    return f'<td class="{"verdict " + verdict if verdict else kind}">{escape(text)}</td>'
