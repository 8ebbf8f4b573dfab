"""The measures of `compare`, as a table."""

from __future__ import annotations

from capgen.twins.compare.fact import ANY, Needs
from capgen.twins.compare.measures import MEASURES
from tests.docs.table import table


def measure_table() -> str:
    """Return each measure in the order of the table that `compare` prints."""
    rows = (
        [
            measure.group,
            measure.name,
            measure.says,
            measure.how,
            measure.floor,
            measure.direction,
            _needs(measure.needs),
        ]
        for measure in MEASURES
    )
    heads = ["group", "measure", "what it is", "how sides are compared", "floor", "reads", "needs"]
    return table(heads, rows)


def _needs(needs: Needs) -> str:
    parts = [f"{needs.days} days"] if needs.days > ANY.days else []
    if needs.step_minutes < ANY.step_minutes:
        parts.append(f"steps of at most {needs.step_minutes} minutes")
    if needs.servers > ANY.servers:
        parts.append(f"{needs.servers} servers")
    return ", ".join(parts)
