"""The measures of `compare`.

A measure stands in a file by itself: to add one is to add its file, and a line here. The table,
its order and all texts about measures are made from this list.
"""

from __future__ import annotations

from capgen.twins.compare.measure import Measure
from capgen.twins.compare.measures import (
    autocorrelation,
    correlation,
    crossings,
    exact_runs,
    excursions,
    far_values,
    fleet_gaps,
    gaps,
    hours,
    level,
    limits,
    near_weeks,
    office_hours,
    own_path,
    pairs_of_servers,
    skew,
    tail,
    ties,
    told_apart,
    trend,
    variation,
    variety,
    weekend,
)

MEASURES: tuple[Measure, ...] = (
    level.MEASURE,
    variation.MEASURE,
    skew.MEASURE,
    tail.MEASURE,
    far_values.MEASURE,
    limits.FLOOR,
    limits.CEILING,
    ties.MEASURE,
    *autocorrelation.MEASURES,
    crossings.MEASURE,
    excursions.MEASURE,
    hours.EXPLAINED,
    hours.PEAK,
    weekend.MEASURE,
    office_hours.MEASURE,
    correlation.LINEAR,
    correlation.RANK,
    pairs_of_servers.PAIRS,
    pairs_of_servers.COMPONENT,
    trend.MEASURE,
    variety.WIDTHS,
    variety.LEVELS,
    variety.TRENDS,
    gaps.RATE,
    gaps.LENGTH,
    fleet_gaps.MEASURE,
    told_apart.MEASURE,
    near_weeks.MEASURE,
    exact_runs.MEASURE,
    own_path.MEASURE,
)
