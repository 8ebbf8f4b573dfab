"""Leaves out metrics that say nothing, since a dataset has no value of them on a side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from capgen.dataset.metric_column import MetricColumn
from capgen.dataset.reading.scanning import scan_dataset
from capgen.errors import CapgenError, RequestError
from capgen.storage.store.errors import unread
from capgen.twins.compare.agreement import Agreement, NamedDataset
from capgen.twins.compare.window import Window
from capgen.words import counted


def with_values(
    agreement: Agreement, datasets: Sequence[NamedDataset], sides: Sequence[Sequence[Window]]
) -> Agreement:
    """Return what datasets have in common, without metrics of which one lacks all values.

    Args:
        agreement: what their columns have in common.
        datasets: those that are compared.
        sides: of each dataset, the days that are compared by themselves.

    Raises:
        RequestError: no metric is left.
        CapgenError: a file cannot be read.
    """
    empty: dict[str, list[str]] = {}
    for dataset, columns, windows in zip(datasets, agreement.columns, sides, strict=True):
        counts = _fewest_values(dataset, list(columns.values()), windows)
        for (name, column), count in zip(columns.items(), counts, strict=True):
            if not count:
                where = f"{column.name} of {dataset.name} (no value on a side)"
                empty.setdefault(name, []).append(where)
    left_out = [where for each in empty.values() for where in each]
    statistics = {n: each for n, each in agreement.statistics.items() if n not in empty}
    if not statistics:
        raise RequestError(
            "metrics: expected one with values on both sides, of "
            f"{counted(sides[0][0].days, 'day')} each, got {', '.join(left_out)}; take other days"
        )
    return replace(
        agreement,
        statistics=statistics,
        columns=[{name: each[name] for name in statistics} for each in agreement.columns],
        left_out=[*agreement.left_out, *left_out],
    )


def _fewest_values(
    dataset: NamedDataset, columns: Sequence[MetricColumn], windows: Sequence[Window]
) -> list[int]:
    """Return how many values each column has on the side where it has fewest."""
    time = pl.col("timestamp")
    sides = [time.is_between(each.start, each.stop, closed="left") for each in windows]
    values = [pl.col(column.name).is_finite() for column in columns]
    fewest = [pl.min_horizontal((side & value).sum() for side in sides) for value in values]
    rows = scan_dataset(dataset.folder, dataset.manifest)
    asked = rows.select(each.alias(f"{number}") for number, each in enumerate(fewest))
    try:
        return list(asked.collect(engine="streaming").row(0))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise CapgenError(f"{dataset.folder}: {unread(error)}") from None
