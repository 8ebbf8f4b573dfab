"""Fits the servers of a fleet, one after the other, and puts them together as a library."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import polars as pl

from capgen.config.sources import preset_text
from capgen.config.yaml_text import parse_shipped_yaml
from capgen.dataset.metric_column import MetricColumn
from capgen.draws.arrays import Floats
from capgen.errors import RequestError
from capgen.layers.library.schema import Facts
from capgen.layers.library.table import Library
from capgen.settings.holidays import Holidays
from capgen.timeline.epoch import HOURS_PER_DAY
from capgen.twins.fit.clock import Clock
from capgen.twins.fit.encoding import library_of
from capgen.twins.fit.gaps import ServerGaps, fleet_gaps, server_gaps
from capgen.twins.fit.noise import half_lives
from capgen.twins.fit.pooling import pooled, shape_of
from capgen.twins.fit.server import FittedServer, fit_server, levels_of
from capgen.twins.fit.telemetry import LABEL, Telemetry
from capgen.twins.fit.trend import Trend, fleet_trend, server_trends

FEWEST_DAYS = 14  # of values that a server needs
FEWEST_DAYS_OF_DAILY = 28
_TYPE = "server_type"


@dataclass(frozen=True, slots=True, eq=False)
class FittedFleet:
    """What was fitted of a fleet.

    Args:
        library: its servers, by server type where this is a label, then by id.
        columns: the metrics' columns, by key.
        trends: of the metrics, by key.
        calendar: whose holidays are days apart; None: they are days like others.
        zone: whose days and hours they are.
    """

    library: Library
    columns: dict[str, MetricColumn]
    trends: dict[str, Trend]
    calendar: Holidays | None
    zone: str


def fit_fleet(
    telemetry: Telemetry,
    servers: pl.DataFrame,
    counts: tuple[int, int],
    on_server: Callable[[int, int], None],
) -> FittedFleet:
    """Fit some servers of telemetry.

    Args:
        telemetry: what to fit.
        servers: rows of its `servers`, with the labels that the library gets.
        counts: numbers of states and of kinds of day; of daily values, states are the kinds.
        on_server: called with the number of servers fitted so far, and of all.
    """
    is_daily = telemetry.clock.slots_per_day == 1
    counts = (counts[0], counts[0]) if is_daily else counts
    fitted: list[FittedServer | None] = []
    shapes: list[Floats] = []
    levels: list[Floats] = []
    gaps: list[ServerGaps] = []
    trends: list[list[Trend]] = []
    lives = servers.select("first", "last", "present").iter_rows()
    fewest = fewest_steps(telemetry.clock)
    every = telemetry.values(servers["server_id"].to_list())
    for values, (first, last, present) in zip(every, lives, strict=True):
        is_enough = present >= fewest
        local = telemetry.local.turned(values)
        fitted.append(fit_server(local, telemetry.local.clock, counts) if is_enough else None)
        shapes.append(shape_of(values))
        levels.append(levels_of(values))
        life = slice(first, last + 1)
        gaps.append(server_gaps(values, telemetry.clock, life, telemetry.gone))
        trends.append(server_trends(values, telemetry.clock))
        on_server(len(fitted), servers.height)
    columns = telemetry.columns
    facts = Facts(
        metrics=tuple(columns),
        states=counts[0],
        kinds=counts[1],
        days=telemetry.local.clock.day_classes,
        half_lives=half_lives(telemetry.clock),
        fleet_gaps=fleet_gaps(telemetry.gone, telemetry.clock),
    )
    names = [name for name in servers.columns if name.startswith(LABEL)]
    labels = {name.removeprefix(LABEL): servers[name].to_list() for name in names}
    of_metrics = zip(columns, zip(*trends, strict=True), strict=True)
    return FittedFleet(
        _by_type(library_of(pooled(shapes, levels, fitted), gaps, facts, labels)),
        columns,
        {key: fleet_trend(of_metric) for key, of_metric in of_metrics},
        telemetry.calendar,
        telemetry.local.zone,
    )


def fewest_steps(clock: Clock) -> float:
    """Return how many steps with values a server needs.

    Args:
        clock: of the steps.
    """
    return _fewest_days(clock) * HOURS_PER_DAY / clock.step_hours


def _fewest_days(clock: Clock) -> int:
    return FEWEST_DAYS_OF_DAILY if clock.slots_per_day == 1 else FEWEST_DAYS


def enough(telemetry: Telemetry, *, pool: bool = False) -> pl.DataFrame:
    """Return the servers with values for long enough to be fitted.

    Args:
        telemetry: what to fit.
        pool: whether servers with at least a day of values count too, beside one with enough.

    Raises:
        RequestError: there is none.
    """
    clock = telemetry.clock
    days = _fewest_days(clock)
    found = telemetry.servers.filter(pl.col("present") >= fewest_steps(clock))
    if found.is_empty():
        most = telemetry.servers["present"].max()
        assert isinstance(most, int)
        window = " to ".join(clock.window)
        raise RequestError(
            f"{telemetry.folder}: expected servers with at least {days} days of values in "
            f"{window}, got at most {_days_of(most, clock)} days, as gaps do not count; "
            "fit a longer window"
        )
    if pool:
        return telemetry.servers.filter(pl.col("present") >= HOURS_PER_DAY / clock.step_hours)
    return found


def pooled_lines(telemetry: Telemetry, servers: pl.DataFrame) -> Iterator[str]:
    """Yield which servers have what another one has, a line each.

    Args:
        telemetry: what was fitted.
        servers: those of its `servers` that are in the library.
    """
    short = servers.filter(pl.col("present") < fewest_steps(telemetry.clock))
    for server_id, present in short.select("server_id", "present").iter_rows():
        yield (
            f"pooled: {server_id} has {_days_of(present, telemetry.clock)} days of values; all but "
            "its levels and gaps is that of the server most like it"
        )


def left_out(telemetry: Telemetry, servers: pl.DataFrame) -> Iterator[str]:
    """Yield why metrics and servers are not in the library, a line each.

    Args:
        telemetry: what was fitted.
        servers: those of its `servers` that were fitted.
    """
    for name in telemetry.negative:
        yield f"{name} is left out: it has values below 0, which have no logarithm"
    kept = set(servers["server_id"])
    for server_id, present in telemetry.servers.select("server_id", "present").iter_rows():
        if server_id not in kept:
            days = _days_of(present, telemetry.clock)
            yield f"{server_id} is left out: it has {days} days of values, too few"


def _days_of(steps: int, clock: Clock) -> str:
    """Return how many days some steps are, rounded down, so that too few never look enough."""
    return f"{math.floor(10 * steps * clock.step_hours / HOURS_PER_DAY) / 10:.1f}"


def _by_type(library: Library) -> Library:
    """Return a library with the rows of a server type together, as a fleet has its servers."""
    if _TYPE not in library.labels:
        return library
    types = library.labels[_TYPE]
    known = list(parse_shipped_yaml(preset_text("default"))["archetypes"])
    # Archetypes that the preset below the configuration has come first, in its order.
    names = [*(name for name in known if name in types), *sorted({*types} - {*known})]
    order = sorted(range(library.rows), key=lambda row: names.index(types[row]))
    columns = {name: stored[order] for name, stored in library.columns.items()}
    labels = {name: [texts[row] for row in order] for name, texts in library.labels.items()}
    return Library(library.facts, columns, labels)
