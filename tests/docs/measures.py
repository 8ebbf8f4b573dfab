"""The measures of `compare`, as a table."""

from __future__ import annotations

from collections.abc import Iterator

from capgen.twins.compare.fact import ANY, Needs
from capgen.twins.compare.measure import Measure
from capgen.twins.compare.measures import MEASURES
from tests.docs.table import table


def measure_table() -> str:
    """Return each measure in the order of the table that `compare` prints.

    How it is compared and read is left out where it is as of most measures, which the page says.
    """
    rows = (
        [
            measure.group,
            measure.name,
            measure.says,
            *("" if said == usual else said for said, usual in _compared(measure)),
            _needs(measure.needs),
        ]
        for measure in MEASURES
    )
    heads = ["group", "measure", "what it is", "how sides are compared", "reads", "needs"]
    return table(heads, rows)


def _compared(measure: Measure) -> Iterator[tuple[str, str]]:
    yield measure.how, Measure.how
    yield measure.direction, Measure.direction


def _needs(needs: Needs) -> str:
    parts = [f"{needs.days} days"] if needs.days > ANY.days else []
    if needs.step_minutes < ANY.step_minutes:
        parts.append(f"steps of at most {needs.step_minutes} minutes")
    if needs.servers > ANY.servers:
        parts.append(f"{needs.servers} servers")
    return ", ".join(parts)
