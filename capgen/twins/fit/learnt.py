"""What a library says of its servers, in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from capgen.draws.arrays import Floats
from capgen.layers.curves import Curves
from capgen.layers.library.schema import HIGHEST_SCORE
from capgen.layers.library.table import Library
from capgen.twins.fit.local_days import LocalDays
from capgen.twins.fit.trend import Trend

_WORK = slice(9, 18)  # hours of the local day
_NIGHT = slice(0, 6)
_APART = 1.2  # ratio of two means that counts
_WEEKDAYS = 5
_LEAST_TREND = 0.05  # percent a month; below it lie the errors of sums of a constant
_FEW_HOLIDAYS = 4


class Learnt(NamedTuple):
    """What was learnt of a fleet.

    Args:
        by_day: servers that are busier from 9 to 18 than from 0 to 6.
        by_night: servers that are busier from 0 to 6.
        steady: the others.
        quiet_weekends: servers that are less busy on weekends.
        dwell_hours: median, over servers, of how long states last.
        kind_stays: mean chance that a day of a kind is followed by one like it, where it may.
        memory: by metric, the share of the noise's variance that is left after 24 hours.
        moved_by_state: by metric, the share of its variance that lies between states.
    """

    by_day: int
    by_night: int
    steady: int
    quiet_weekends: int
    dwell_hours: float
    kind_stays: float
    memory: dict[str, float]
    moved_by_state: dict[str, float]


def learnt_of(library: Library) -> Learnt:
    """Return what a library says of its servers; busy is what the first metric measures.

    Args:
        library: the table.
    """
    rows = np.arange(library.rows)
    curves = [Curves(HIGHEST_SCORE, each) for each in np.moveaxis(library.quantiles(rows), 1, 0)]
    chances = _usual_chances(library)
    load = np.einsum("rwhs,rs->rwh", chances, curves[0].means)
    work = load[:, 0, _WORK].mean(axis=1)
    night = load[:, 0, _NIGHT].mean(axis=1)
    by_day = work > _APART * night
    by_night = night > _APART * work
    quiet = load[:, 0].mean(axis=1) > _APART * load[:, 1].mean(axis=1)
    shares = chances.mean(axis=(1, 2))
    metrics = library.facts.metrics
    moved = [_between(shares, each) for each in curves]
    return Learnt(
        int(by_day.sum()),
        int(by_night.sum()),
        int((~by_day & ~by_night).sum()),
        int(quiet.sum()),
        _dwell_hours(library, shares),
        round(float(library.numbers("kind_stickiness").mean()), 3),
        dict(zip(metrics, _memory(library), strict=True)),
        dict(zip(metrics, moved, strict=True)),
    )


def sentences(
    library: Library, trends: Mapping[str, Trend], days: LocalDays, window: str
) -> Iterator[str]:
    """Yield what was learnt, and what was not, a line each.

    Args:
        library: the table.
        trends: of the metrics, which the library leaves out.
        days: which were fitted.
        window: the days, as words.
    """
    learnt = learnt_of(library)
    facts = library.facts
    clock = days.clock
    between = f"between them lies, of the variance, {_percents(learnt.moved_by_state)}"
    if clock.slots_per_day == 1:
        yield f"kinds of day: {facts.kinds} a server, each a state; {between}; hours are not known"
    else:
        lasting = f"which last for {learnt.dwell_hours:.1f} h (median)"
        yield f"states: {facts.states} a server, {lasting}; {between}"
        yield _rhythm(learnt, facts.metrics[0], days.zone)
        yield f"kinds of day: {facts.kinds} a server, which come by the day of the week"
    if clock.holidays is not None:
        yield f"holidays: {len(clock.holidays)} of the days, {_leaning(len(clock.holidays))}"
    yield f"memory: a kind of day is kept with chance {learnt.kind_stays:.2f} where it may be"
    yield f"memory: of the noise inside states a day leaves {_percents(learnt.memory)}"
    if clock.steps_per_slot > 1:
        yield "step: states last for whole hours; values inside an hour move by the noise alone"
    if facts.fleet_gaps:
        gaps = facts.fleet_gaps
        yield f"gaps of the fleet: {gaps.per_year:g} a year, {gaps.mean_hours:g} h long on average"
    yield from _trends(trends)
    holidays = "" if clock.holidays else "holidays, "
    yield (
        f"not learnt: {holidays}seasons longer than a week, and what servers do at once beyond the "
        f"clock and gaps; all is from {window}"
    )


def _rhythm(learnt: Learnt, metric: str, zone: str) -> str:
    return (
        f"rhythm, in numbers of servers: {learnt.by_day} with more {metric} by day, "
        f"{learnt.by_night} by night ({zone}), {learnt.steady} neither; "
        f"{learnt.quiet_weekends} with less on weekends"
    )


def _leaning(holidays: int) -> str:
    if not holidays:
        return "so that they are taken for Sundays"
    if holidays < _FEW_HOLIDAYS:
        return "so few that they lean on Sundays"
    return "with chances of the kinds of day of their own"


def _trends(trends: Mapping[str, Trend]) -> Iterator[str]:
    for key, trend in trends.items():
        percent = abs(trend.percent_per_month)
        if percent > max(2 * trend.standard_error, _LEAST_TREND):
            moved = "grew" if trend.percent_per_month > 0 else "fell"
            yield (
                f"trend, not used: {key} {moved} by {percent:.1f} ± "
                f"{trend.standard_error:.1f} % a month; growth_percent_per_month goes on with it"
            )


def _usual_chances(library: Library) -> Floats:
    """Return the chances over all kinds of day, shape (rows, 2, hours, states)."""
    kinds = library.numbers("kinds")[:, :7]
    week = np.stack([kinds[:, :_WEEKDAYS].mean(axis=1), kinds[:, _WEEKDAYS:].mean(axis=1)], axis=1)
    chances: Floats = np.einsum("rwk,rkwhs->rwhs", week, library.numbers("chances"))
    return chances


def _dwell_hours(library: Library, shares: Floats) -> float:
    leaves = 1 - library.numbers("stickiness")
    return round(float(np.median(1 / np.maximum((shares * leaves).sum(axis=1), 1e-3))), 2)


def _memory(library: Library) -> list[float]:
    """Return the share of each metric's noise that is left after a day, over all rows."""
    factors = library.noise_factors(np.arange(library.rows))
    shares = (factors**2).sum(axis=2).mean(axis=2)
    half_lives = np.array(library.facts.half_lives)
    left = np.where(half_lives > 0, np.exp2(-24 / np.maximum(half_lives, 1e-9)), 0.0)
    return [round(float(each), 3) for each in (shares * left[:, None]).sum(axis=0)]


def _between(shares: Floats, curves: Curves) -> float:
    """Return the share of the variance that lies between the means of states, median of rows."""
    squares = Curves(HIGHEST_SCORE, curves.values**2).means
    means = (shares * curves.means).sum(axis=1)
    total = (shares * squares).sum(axis=1) - means**2
    between = (shares * (curves.means - means[:, None]) ** 2).sum(axis=1)
    known = total > 1e-12
    return round(float(np.median(between[known] / total[known])), 3) if known.any() else 0.0


def _percents(shares: Mapping[str, float]) -> str:
    return ", ".join(f"{100 * min(share, 1):.0f} % of {key}" for key, share in shares.items())
