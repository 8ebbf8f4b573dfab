"""TSB-AD: a file a server, which tells its train length and its first anomaly by its name."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import polars as pl

from capgen.handover.anomalies import LABEL, Labelled, label_problems, labelled
from capgen.handover.destination import Destination, File
from capgen.handover.handed import Handed
from capgen.handover.tables import write_table


class TsbAd(Destination):
    """Values and labels, without times; one metric is a univariate series, more a multivariate."""

    name = "tsb-ad"
    summary = (
        "TSB-AD, a file a server: `Data` (one metric) or a column a metric, and `Label`; rows "
        "without a value are left out; `tr` of the name: rows before the first anomaly"
    )
    loading = """\
frame = pandas.read_csv("DATA/001_capgen_id_1_server_000_tr_100_1st_100.csv").dropna()
values, labels = frame.iloc[:, :-1].to_numpy(float), frame["Label"].to_numpy(int)
train = values[:100]"""
    takes = frozenset({"anomalies", "until"})
    forms = ("csv",)

    def problems(self, handed: Handed) -> Iterator[str]:
        """Yield that there are no labels."""
        return label_problems(handed)

    def files(self, handed: Handed) -> Iterator[File]:
        """Yield a file for each server that has a clean part and an anomaly."""
        for number, found in enumerate(labelled(handed), start=1):
            table = _table(handed, found.rows)
            yield File(_name(number, found), partial(write_table, handed, iter([table])))


def _name(number: int, found: Labelled) -> str:
    series = f"{number:03d}_capgen_id_{number}_{found.server}"
    return f"{series}_tr_{found.train}_1st_{found.first}.csv"


def _table(handed: Handed, rows: pl.DataFrame) -> pl.DataFrame:
    metrics = [metric.name for metric in handed.metrics]
    names = {metrics[0]: "Data"} if len(metrics) == 1 else {}
    return rows.select(*metrics, LABEL).rename({**names, LABEL: "Label"})


DESTINATION = TsbAd()
