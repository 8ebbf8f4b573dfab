"""The rows behind the charts: one for each mark, with all metrics' values in a list.

So a page stays small.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

import polars as pl

from capgen.config import Config
from capgen.draws.correlation import correlation_matrix
from capgen.quality.closed_form.correlation import CORRELATION
from capgen.quality.expected.dynamic import is_dynamic
from capgen.quality.findings import Finding
from capgen.quality.outcome import Report
from capgen.report.sums import BINS
from capgen.report.tables import Tables
from capgen.settings.metric import scale_of, source_of

Rows = list[dict[str, Any]]
_DIGITS = 4
_NOTHING = float("nan")


def chart_rows(tables: Tables, report: Report) -> dict[str, Rows]:
    """Return the rows of each chart by its name.

    Args:
        tables: the report's tables.
        report: the outcome of a check.
    """
    return {
        "utilisation": _listed(tables, tables.utilisation, ["server_type", "moment"], "mean"),
        "marks": _marks(tables.marks),
        "distribution": list(_distribution(tables)),
        "correlation": list(_correlations(tables, report)),
        "heat_map": _listed(tables, tables.heat_map, ["server_type", "weekday", "part"], "mean"),
        "effects": _effects(tables),
        "configured": _configured(tables),
        "growth": _listed(tables, tables.growth, ["server_type", "moment"], "mean"),
        "headroom": _headroom(tables),
        "quality": list(_quality(tables)),
    }


def number(value: float | None) -> float | None:
    """Return a number with as many digits as a chart can show; None where it is none.

    Args:
        value: a number, or none.
    """
    if value is None or not math.isfinite(value):
        return None
    return float(f"{value:.{_DIGITS}g}")


def _plain(value: Any) -> Any:
    return value.isoformat(timespec="minutes") if isinstance(value, datetime) else value


def _listed(tables: Tables, frame: pl.DataFrame, keys: Sequence[str], value: str) -> Rows:
    """Gather rows that differ in nothing but the metric."""
    gathered: dict[tuple[Any, ...], dict[str, float | None]] = {}
    for *key, metric, found in frame.select(*keys, "metric", value).iter_rows():
        gathered.setdefault(tuple(key), {})[metric] = number(found)
    names = ["archetype" if key == "server_type" else key for key in keys]
    return [
        {
            **dict(zip(names, map(_plain, key), strict=True)),
            "values": [found.get(column) for column in tables.columns],
        }
        for key, found in gathered.items()
    ]


def _marks(marks: pl.DataFrame) -> Rows:
    kinds = (("quarter end", "ends_quarter"), ("holiday", "is_free"))
    rows = []
    for row in marks.to_dicts():
        moment = _plain(row["moment"])
        rows += [{"moment": moment, "kind": kind} for kind, flag in kinds if row[flag]]
    return rows


def _distribution(tables: Tables) -> Iterator[dict[str, Any]]:
    """Yield every bin, the empty ones and one after the last too: steps need both ends."""
    keys = ["server_type", "metric"]
    shares = tables.distribution.with_columns(
        share=pl.col("cells") / pl.col("cells").sum().over(keys)
    )
    found = {
        (kind, metric, bin_): share
        for kind, metric, bin_, share in shares.select(*keys, "bin", "share").rows()
    }
    for archetype in tables.archetypes:
        for bin_ in range(BINS + 1):
            inside = min(bin_, BINS - 1)
            values = [
                number(found.get((archetype, metric, inside), 0.0)) for metric in tables.columns
            ]
            yield {"archetype": archetype, "bin": bin_, "values": values}


def _correlations(tables: Tables, report: Report) -> Iterator[dict[str, Any]]:
    rules = (rule for rule in report.rules if rule.name == CORRELATION.name)
    for finding in chain.from_iterable(rule.findings for rule in rules):
        archetype, _, pair = finding.subject.rpartition(" ")
        if archetype in tables.archetypes:
            yield {
                "archetype": archetype,
                "pair": pair.replace("~", " ~ "),
                "measured": number(_number_in(finding.measured)),
                "target": number(_target(tables.config, archetype, pair, finding)),
                "verdict": str(finding.verdict),
            }


def _number_in(shown: float | str | None) -> float | None:
    return shown if isinstance(shown, float) else None


def _target(config: Config, archetype: str, pair: str, finding: Finding) -> float | None:
    """Return what the check compares with: of dynamics the twin's correlation, if it has one."""
    if is_dynamic(config):
        return _number_in(finding.expected)
    return _configured_correlation(config, archetype, *pair.split("~"))


def _configured_correlation(config: Config, archetype: str, one: str, two: str) -> float:
    """Return the noise's correlation of two columns; a derived metric has that of its source."""
    keys = {metric.column: key for key, metric in config.metrics.items()}
    both = (keys[one], keys[two])
    sources = [source_of(config.metrics, key) for key in both]
    sign = math.prod(math.copysign(1, scale_of(config.metrics, key)) for key in both)
    pairs = config.archetypes[archetype].correlation
    drawn = config.drawn_metrics
    matrix = correlation_matrix(pairs, drawn, repair=config.repair_correlation)
    first, second = map(drawn.index, sources)
    return sign * float(matrix[first, second])


def _effects(tables: Tables) -> Rows:
    frame = tables.effects.with_columns(where=_where(tables.effects))
    return _listed(tables, frame, ["server_type", "kind", "where"], "measured")


def _configured(tables: Tables) -> Rows:
    frame = tables.effects.with_columns(where=_where(tables.effects))
    rows = frame.unique(["kind", "where", "metric"], keep="first", maintain_order=True)
    return _listed(tables, rows, ["kind", "where"], "configured")


def _where(effects: pl.DataFrame) -> pl.Series:
    rows = effects.select("kind", "position").iter_rows()
    return pl.Series([place(kind, position) for kind, position in rows], dtype=pl.String)


def place(kind: str, position: float) -> str:
    """Return what the axis of the effects calls a kind of day.

    Args:
        kind: ramp or holiday.
        position: days to the quarter's end, or the holiday's factor.
    """
    return f"{position:.0f}" if kind == "ramp" else f"×{position:g}"


def places(tables: Tables) -> list[str]:
    """Return the places on the axis of the effects: towards the quarter's end, then holidays.

    Args:
        tables: the report's tables.
    """
    found = tables.effects.select("kind", "position").unique().rows()
    ordered = sorted(found, key=lambda each: (each[0] == "holiday", -each[1]))
    return [place(*each) for each in ordered]


def _headroom(tables: Tables) -> Rows:
    last = tables.growth["moment"].max()
    rows = _listed(tables, tables.headroom, ["server_type"], "p95")
    return [{**row, "moment": _plain(last)} for row in rows]


def _quality(tables: Tables) -> Iterator[dict[str, Any]]:
    labels = dict(zip(tables.columns, tables.labels, strict=True))
    for row in tables.quality.sort("metric").to_dicts():
        cells = row["cells"]
        present = row["present"]
        shares = {"missing": 1 - present / cells if cells else _NOTHING}
        if tables.model:
            shares["at the lower clip"] = row["at_low"] / present if present else _NOTHING
            shares["at the upper clip"] = row["at_high"] / present if present else _NOTHING
        for what, share in shares.items():
            yield {
                "archetype": row["server_type"],
                "metric": labels[row["metric"]],
                "what": what,
                "share": number(share),
            }
