"""The configuration of a twin: a small YAML file that names the library."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import yaml

from capgen.config.sources import preset_text
from capgen.config.yaml_text import parse_shipped_yaml
from capgen.dataset.metric_column import MetricColumn
from capgen.layers.library.schema import COLUMNS
from capgen.layers.library.table import Library
from capgen.settings.statistic import P95
from capgen.twins.fit.fleet import FittedFleet
from capgen.twins.fit.local_days import UTC

_DECIMALS = 6  # of values on no grid; more where they are so small that few digits would be left
_MOST_DECIMALS = 12
_DIGITS = 5  # of the usual level
_DIGITS_OF_SEED = 8
_ROOM = 10  # how far above all that was seen a clip lies
_ROUNDING = math.exp(0.5 / COLUMNS["quantiles"].per_unit)  # of the quantiles in a library
_FULL = {"percent": 100.0, "fraction": 1.0}
_TYPE = "server_type"
_SAID = """\
# {title}
#
# Each row of the library comes from one server. Its outer quantiles lie close to the server's own
# extremes, and its chances show when its jobs run: treat it like the telemetry itself. No privacy
# is guaranteed; capgen compare measures copies.
#
# use: twin takes the rows one after the other, draw by chance, for a fleet of any size, and borrow
# what is like them. level is the what-if, such as level: {{{metric}: 1.3}}.
#
# Of what archetypes say, growth_percent_per_month is used; for base, sd, factors and spikes the
# rows stand.
"""


def document(
    fleet: FittedFleet, file: tuple[str, str], window: tuple[str, str, str], title: str
) -> str:
    """Return the text of the configuration.

    Args:
        fleet: what was fitted.
        file: name and SHA-256 of the library.
        window: first day, last day, and time step.
        title: what it is a twin of, one line.
    """
    library = fleet.library
    first, last = map(date.fromisoformat, window[:2])
    preset = parse_shipped_yaml(preset_text("default"))
    wanted: dict[str, Any] = {
        # A panel of capgen's may be fitted too: with its seed, a twin would repeat its noise.
        "seed": int(file[1][:_DIGITS_OF_SEED], 16),
        "num_servers": library.rows,
        "start_date": window[0],
        "end_date": window[1],
        "granularity": window[2],
        "decimals": _decimals(library),
        "metrics": _in_place_of(preset["metrics"], _metrics(library, fleet.columns)),
        # Growth goes on beyond the window, from its middle, where servers have their mean levels.
        "growth": {"trend": "monthly", "origin": str(first + (last - first) / 2)},
        "archetypes": _in_place_of(preset["archetypes"], _archetypes(library)),
        "layers": {"library": {"file": file[0], "sha256": file[1], "use": "twin"}},
    }
    if fleet.calendar is not None:
        wanted["calendar"] = {"holidays": fleet.calendar.model_dump()}
    if fleet.zone != UTC:
        wanted["fleet"] = {"region": _in_place_of(preset["fleet"]["region"], {fleet.zone: 1.0})}
        wanted["layers"]["local_time"] = {"zones": {fleet.zone: fleet.zone}}
    head = _SAID.format(title=title, metric=library.facts.metrics[0])
    return head + yaml.safe_dump(wanted, sort_keys=False, width=100, default_flow_style=None)


def _metrics(library: Library, columns: Mapping[str, MetricColumn]) -> dict[str, Any]:
    highest = library.quantiles(np.arange(library.rows)).max(axis=(2, 3))
    tops = (np.maximum(highest, 1) * library.columns["levels"]).max(axis=0)
    found: dict[str, Any] = {}
    for (key, column), top in zip(columns.items(), tops.tolist(), strict=True):
        clip = [0.0, _ceiling(column.unit, top)]
        grows = {"growth": 1}  # at whatever rate a user sets; that of the fit is 0
        found[key] = {"column": column.name, "unit": column.unit, "clip": clip, "response": grows}
        if column.statistic != P95:
            found[key]["statistic"] = column.statistic
    return found


def _ceiling(unit: str, top: float) -> float:
    """Return where a metric is clipped: at what its unit allows, or far above what was seen."""
    full = _FULL.get(unit, 0.0)
    if full and top <= full * _ROUNDING:
        return full
    return 10.0 ** math.ceil(math.log10(_ROOM * top))


def _archetypes(library: Library) -> dict[str, Any]:
    """Return one archetype for each type of server; the rows stand in this order."""
    types: Sequence[str] = library.labels.get(_TYPE, ["server"] * library.rows)
    levels = library.columns["levels"]
    found = {}
    for name in dict.fromkeys(types):
        of_type = np.array([each == name for each in types])
        base = levels[of_type].mean(axis=0)
        found[name] = {
            "share": float(of_type.mean()),
            "base": {
                key: float(f"{level:.4g}")
                for key, level in zip(library.facts.metrics, base, strict=True)
            },
            "sd": dict.fromkeys(library.facts.metrics, 0.0),
            "business_hours_factor": 1.0,
            "weekend_factor": 1.0,
            "spike": {"probability": 0.0, "magnitude": 1.0},
            "growth_percent_per_month": 0.0,
        }
    return found


def _in_place_of(preset: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is wanted, and null for all else that the preset below it has."""
    found: dict[str, Any] = {}
    for key, value in wanted.items():
        below = preset.get(key)
        is_section = isinstance(value, dict) and isinstance(below, dict)
        found[key] = _in_place_of(below or {}, value) if is_section else value
    return found | {key: None for key in preset if key not in wanted}


def _decimals(library: Library) -> int:
    """Return how many decimals the values have: those of the finest grid, or enough digits."""
    steps = library.columns["resolution"]
    if steps.all():
        return min(_DECIMALS, max(0, -math.floor(math.log10(steps.min()) + 1e-9)))
    by_metric = zip(library.columns["levels"].T, steps.T, strict=True)
    usual = min(float(np.median(levels)) for levels, grid in by_metric if not grid.all())
    return min(_MOST_DECIMALS, max(_DECIMALS, _DIGITS - math.ceil(math.log10(usual))))
