"""The parts of time that forecasters are handed: all of it, or a train and a test part."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import polars as pl

from capgen.handover.handed import Handed


class Part(NamedTuple):
    """A stretch of time, the same for all series.

    Args:
        name: `train` or `test`; empty where there is one part.
        start: the first moment.
        stop: the first moment after it.
    """

    name: str
    start: datetime
    stop: datetime

    def path(self, name: str) -> str:
        """Return the path of a file of this part.

        Args:
            name: of the file.
        """
        return f"{self.name}/{name}" if self.name else name

    def rows(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return the rows of this part.

        Args:
            frame: rows with a column timestamp.
        """
        moment = pl.col("timestamp")
        return frame.filter((moment >= self.start) & (moment < self.stop))


def parts_of(handed: Handed) -> list[Part]:
    """Return the parts that are asked for.

    Args:
        handed: the rows that are handed over.
    """
    cut = handed.request.cut
    if cut is None:
        return [Part("", datetime.min, datetime.max)]
    return [Part("train", datetime.min, cut), Part("test", cut, datetime.max)]


def note_absent(handed: Handed) -> None:
    """Note the servers that have no values in a part, which begin late or end early.

    Args:
        handed: the rows that are handed over.
    """
    for part in parts_of(handed):
        is_there = (pl.col("first") < part.stop) & (pl.col("last") >= part.start)
        there = handed.lives.filter(is_there)
        absent = handed.servers.join(there, on="server_id", how="anti")["server_id"].to_list()
        if absent:
            handed.remark(f"no values in {part.name or 'any row'}", absent)
