"""Labels for detectors: at which steps something was done to the values of some metrics."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import polars as pl

from capgen.columns import EVENT, LABELS, OUTLIER_METRICS, SPIKE
from capgen.errors import RequestError
from capgen.handover.handed import Handed
from capgen.settings.types import EVENT_SEPARATOR

_BY_DEFAULT = ("events", "outliers")
LABEL = "label"  # 1 where something was done to a row's metrics, else 0


class Labelled(NamedTuple):
    """The steps of a server at which all metrics have values, with labels.

    Args:
        server: the server's id.
        rows: columns timestamp, the metrics, and label.
        train: how many rows come before the first anomaly, and before the cut.
        first: position of the first anomaly.
    """

    server: str
    rows: pl.DataFrame
    train: int
    first: int


def label_problems(handed: Handed) -> Iterator[str]:
    """Yield that nothing is known of what was done to the values.

    Args:
        handed: the rows that are handed over.
    """
    if handed.ledger is None or not set(LABELS) <= set(handed.described.schema):
        yield (
            "--anomalies: expected a dataset built with its truth, got one without labels and "
            "ledger; build it with --truth"
        )


def labelled(handed: Handed) -> Iterator[Labelled]:
    """Yield the servers that have a clean part first and an anomaly later.

    Others are left out, and named in `handed.remarks`.

    Args:
        handed: the rows that are handed over.

    Raises:
        RequestError: there is no such server.
    """
    metrics = [metric.name for metric in handed.metrics]
    left_out: dict[str, list[str]] = {"no anomaly": [], "no clean part": []}
    count = 0
    for server, rows in handed.servers_rows(["timestamp", *metrics, *LABELS]):
        whole = rows.drop_nulls(metrics).with_columns(_label(handed).alias(LABEL))
        first = whole[LABEL].arg_max() if whole.height else None
        if first is None or not whole.item(first, LABEL):
            left_out["no anomaly"].append(server)
        elif first == 0:
            left_out["no clean part"].append(server)
        else:
            columns = ["timestamp", *metrics, LABEL]
            yield Labelled(server, whole.select(columns), _train(handed, whole, first), first)
            count += 1
    if not count:
        raise RequestError(
            "--anomalies: expected a server with a clean part first and an anomaly later, "
            "found none; ask for more kinds, or for more rows"
        )
    for reason, servers in left_out.items():
        if servers:
            handed.remark(f"left out, {reason}", servers)


def _train(handed: Handed, rows: pl.DataFrame, first: int) -> int:
    cut = handed.request.cut
    before = first if cut is None else int((rows["timestamp"] < cut).sum())
    return min(before, first)


def _label(handed: Handed) -> pl.Expr:
    """Return whether something that is asked for was done to any of the metrics."""
    metrics = [metric.name for metric in handed.metrics]
    asked = handed.request.anomalies or _BY_DEFAULT
    found = [_KINDS[kind](handed, metrics) for kind in asked]
    return pl.any_horizontal(found).fill_null(value=False).cast(pl.Int8)


def _of_events(handed: Handed, metrics: Sequence[str]) -> pl.Expr:
    lines = filter(_changes_values, handed.ledger or ())
    ids = {line["id"] for line in lines if set(line["metrics"]) & set(metrics)}
    return _names_any(EVENT, sorted(ids))


def _of_outliers(handed: Handed, metrics: Sequence[str]) -> pl.Expr:
    return _names_any(OUTLIER_METRICS, metrics)


def _of_spikes(handed: Handed, metrics: Sequence[str]) -> pl.Expr:
    return pl.col(SPIKE) == 1


_KINDS: Mapping[str, Callable[[Handed, Sequence[str]], pl.Expr]] = {
    "events": _of_events,
    "outliers": _of_outliers,
    "spikes": _of_spikes,
}


def _changes_values(line: Mapping[str, Any]) -> bool:
    return line["magnitude"] is not None  # what has none is a stretch without values


def _names_any(column: str, names: Sequence[str]) -> pl.Expr:
    """Return whether the texts that a cell joins have one of some names."""
    found = pl.col(column).cast(pl.String).str.split(EVENT_SEPARATOR)
    return found.list.eval(pl.element().is_in(names)).list.any()
