"""TimeEval: a train and a test file a server, and an index of custom datasets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import polars as pl

from capgen.handover.anomalies import LABEL, label_problems, labelled
from capgen.handover.destination import Destination, File
from capgen.handover.handed import Handed
from capgen.handover.tables import write_table
from capgen.storage.counted import Counted
from capgen.timeline.epoch import DAYS_PER_WEEK, MINUTES_PER_DAY


class TimeEval(Destination):
    """Times, values and labels: the rows before the first anomaly, and the others."""

    name = "timeeval"
    summary = (
        "TimeEval, a train and a test file a server: `timestamp`, a column a metric, "
        "`is_anomaly`; rows without a value are left out; the train part is clean"
    )
    loading = """\
from timeeval import MultiDatasetManager

datasets = MultiDatasetManager([], custom_datasets_file="DATA/datasets.json")"""
    takes = frozenset({"anomalies", "until"})
    forms = ("csv",)

    def problems(self, handed: Handed) -> Iterator[str]:
        """Yield that there are no labels."""
        return label_problems(handed)

    def files(self, handed: Handed) -> Iterator[File]:
        """Yield two files for each server with a clean part and an anomaly, and their index."""
        index: dict[str, dict[str, Any]] = {}
        for found in labelled(handed):
            rows = found.rows.rename({LABEL: "is_anomaly"})
            train = f"{found.server}.train.csv"
            test = f"{found.server}.test.csv"
            yield _file(handed, train, rows[: found.train])
            yield _file(handed, test, rows[found.train :])
            index[found.server] = {
                "train_path": train,
                "test_path": test,
                "type": "synthetic",
                "period": _period(handed),
            }
        yield File("datasets.json", partial(_write_index, index))


def _file(handed: Handed, name: str, rows: pl.DataFrame) -> File:
    return File(name, partial(write_table, handed, iter([rows])))


def _period(handed: Handed) -> int:
    """Return how many steps a day has, or a week where a step is a day."""
    steps = MINUTES_PER_DAY // handed.described.step_minutes
    return steps if steps > 1 else DAYS_PER_WEEK


def _write_index(index: dict[str, dict[str, Any]], file: Counted) -> None:
    file.write(f"{json.dumps(index, indent=2)}\n".encode())


DESTINATION = TimeEval()
