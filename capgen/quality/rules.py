"""What `check` looks at, in its order, and the rules that this proves.

A rule stands in a file with what measures it: to add one is to add its file, and a line here. All
texts about rules, and their order, are made from this list.
"""

from __future__ import annotations

from capgen.quality.closed_form import (
    apart,
    correlation,
    effects,
    events,
    level,
    outliers,
    scheduled,
    spikes,
)
from capgen.quality.counted import completeness, decimals, missing_rate, valid_range
from capgen.quality.exact import calendar, keys, labels, metadata, order, schema, size
from capgen.quality.exact.remade import rule as remade
from capgen.quality.rule import Rule
from capgen.quality.telemetry import (
    constants,
    copies,
    grid,
    presence,
    same_time,
    same_unit,
    server_labels,
    unit_range,
)
from capgen.quality.twin import rules as twin

MEASUREMENTS = (
    schema.MEASUREMENT,
    keys.MEASUREMENT,
    order.MEASUREMENT,
    metadata.MEASUREMENT,
    remade.MEASUREMENT,
    calendar.MEASUREMENT,
    labels.MEASUREMENT,
    completeness.MEASUREMENT,
    valid_range.MEASUREMENT,
    decimals.MEASUREMENT,
    effects.MEASUREMENT,
    spikes.MEASUREMENT,
    correlation.MEASUREMENT,
    level.MEASUREMENT,
    missing_rate.MEASUREMENT,
    events.MEASUREMENT,
    outliers.MEASUREMENT,
    scheduled.MEASUREMENT,
    twin.MEASUREMENT,
    apart.MEASUREMENT,
    missing_rate.BESIDE_TWINS,  # of such panels, the last of the tests
    size.MEASUREMENT,
    grid.MEASUREMENT,
    server_labels.MEASUREMENT,
    presence.MEASUREMENT,
    unit_range.MEASUREMENT,
    constants.MEASUREMENT,
    copies.MEASUREMENT,
    same_time.MEASUREMENT,
    same_unit.MEASUREMENT,
)
RULES: tuple[Rule, ...] = tuple(
    dict.fromkeys(rule for measurement in MEASUREMENTS for rule in measurement.rules)
)
BY_NAME = {rule.name: rule for rule in RULES}
