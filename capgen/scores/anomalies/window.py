"""Refuses flags of which none lies in the time that is scored."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import polars as pl

from capgen.errors import RequestError
from capgen.scores.files.opened import collected
from capgen.scores.panel import Panel
from capgen.words import counted


def check_some_inside(spans: pl.LazyFrame, panel: Panel, since: datetime, path: Path) -> None:
    """Check that a flag lies in the time that is scored, if there are any flags.

    Args:
        spans: start and end of each flag; an end that is null is open, another no part of it.
        panel: that they are laid beside.
        since: the first timestamp that counts.
        path: of the file.

    Raises:
        RequestError: all of them lie outside.
    """
    start = pl.col("start")
    end = pl.col("end")
    inside = (start < panel.last + panel.step) & ((end > since) | (start >= since)).fill_null(True)
    asked = spans.select(
        flags=pl.len(),
        inside=inside.sum(),
        first=start.min(),
        last=pl.max_horizontal("start", "end").max(),
    )
    flags, number_inside, first, last = collected(asked, path).row(0)
    if flags and not number_inside:
        raise RequestError(
            f"{path}: expected flags from {since} to {panel.last}, which is scored, got "
            f"{counted(flags, 'flag')} from {first} to {last}; is it of this panel? Timestamps "
            "are in UTC"
        )
