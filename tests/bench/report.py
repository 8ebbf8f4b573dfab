"""Costs as a table, and what follows from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from tests.bench.measuring import Cost

HEADINGS = ("contender", "rows", "processor ns/row", "wall s", "rows/s", "bytes/row", "peak MB")


class Ratio(NamedTuple):
    """A property of one contender's cost over that of another."""

    text: str
    over: str
    under: str
    of: str


RATIOS = (
    Ratio(
        "processor time a row, capgen hourly with 1 worker ÷ floor",
        "large-1",
        "floor",
        "nanoseconds_per_row",
    ),
    Ratio("speed-up of capgen hourly by a second worker", "large-2", "large-1", "rows_per_second"),
    Ratio(
        "speed-up of capgen 1min by a second worker", "minutely-2", "minutely-1", "rows_per_second"
    ),
    Ratio("rows/s, capgen hourly with 2 workers ÷ DuckDB", "hourly-2", "duckdb", "rows_per_second"),
    Ratio("peak, capgen hourly with 2 workers ÷ DuckDB", "hourly-2", "duckdb", "peak_megabytes"),
    Ratio(
        "rows/s, capgen four years with 2 workers ÷ Polars", "years-2", "polars", "rows_per_second"
    ),
    Ratio("peak, capgen four years with 2 workers ÷ Polars", "years-2", "polars", "peak_megabytes"),
    Ratio("rows/s, capgen hourly with 2 workers ÷ Spark", "hourly-2", "spark", "rows_per_second"),
    Ratio(
        "rows/s, capgen hourly with 2 workers ÷ synforecast",
        "hourly-2",
        "synforecast",
        "rows_per_second",
    ),
    Ratio(
        "rows a core-second, capgen hourly with 1 worker ÷ loop",
        "hourly-1",
        "loop",
        "rows_per_core_second",
    ),
    Ratio(
        "the same ÷ tpchgen-cli, defaults, 1 thread",
        "hourly-1",
        "tpchgen-default-1",
        "rows_per_core_second",
    ),
    Ratio(
        "the same ÷ tpchgen-cli, zstd, 1 thread",
        "hourly-1",
        "tpchgen-zstd-1",
        "rows_per_core_second",
    ),
)


def table(
    labels: Mapping[str, str], outcomes: Mapping[str, Cost | str], *, markdown: bool
) -> Iterator[str]:
    """Yield the lines of the table; a contender that failed has its reason in place of numbers."""
    rows = [(label, outcomes[name]) for name, label in labels.items()]
    lines = [HEADINGS, *((label, *_cells(outcome)) for label, outcome in rows)]
    if markdown:
        lines.insert(1, ("---", *["---:"] * (len(HEADINGS) - 1)))
        yield from (f"| {' | '.join(line)} |" for line in lines)
        return
    widths = [
        max(len(line[column]) for line in lines if len(line) == len(HEADINGS))
        for column in range(len(HEADINGS))
    ]
    widths[0] = max(len(line[0]) for line in lines)
    for first, *others in lines:
        cells = [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=False)]
        yield "  ".join([first.ljust(widths[0]), *cells])


def findings(costs: Mapping[str, Cost]) -> Iterator[str]:
    """Yield the ratios that can be told, the parts of the floor, and the entropy of the metrics."""
    for ratio in RATIOS:
        if ratio.over in costs and ratio.under in costs:
            over, under = (getattr(costs[name], ratio.of) for name in (ratio.over, ratio.under))
            yield f"{ratio.text}: {over / under:.2f}"
    if "floor" in costs:
        yield f"floor, processor ns/row: {_floor_parts(costs['floor'])}"
    if "entropy" in costs:
        whole = costs["entropy"].details
        size = costs["entropy"].bytes_per_row
        metrics = f"{whole['all']:.2f}, {whole['drawn']:.2f} without those derived from others"
        yield f"entropy of the rounded metrics, bytes/row: {metrics}; capgen's files: {size:.2f}"


def line(label: str, outcome: Cost | str) -> str:
    """Return one run of a contender as a line."""
    cells = _cells(outcome)
    if isinstance(outcome, Cost):
        cells = [" ".join(pair) for pair in zip(HEADINGS[1:], cells, strict=True)]
    return f"{label}: {', '.join(cells)}"


def _floor_parts(floor: Cost) -> str:
    parts = {name: seconds / floor.rows * 1e9 for name, seconds in floor.details.items()}
    return ", ".join(f"{name} {nanoseconds:.1f}" for name, nanoseconds in parts.items())


def _cells(outcome: Cost | str) -> Sequence[str]:
    if isinstance(outcome, str):
        return [f"failed: {outcome}"]
    return [
        f"{outcome.rows:,}",
        f"{outcome.nanoseconds_per_row:,.1f}",
        f"{outcome.wall_seconds:.2f}",
        f"{outcome.rows_per_second:,.0f}",
        f"{outcome.bytes_per_row:.2f}",
        f"{outcome.peak_megabytes:.0f}" if outcome.peak_megabytes else "–",
    ]
