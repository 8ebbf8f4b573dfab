"""What any file to be scored is refused for: rows without a time, between steps, of other servers.

A number of rows, or of names, is given to each; it refuses where there are any.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from capgen.errors import RequestError
from capgen.scores.panel import Panel
from capgen.words import counted, listed


def is_off_grid(moment: pl.Expr, panel: Panel) -> pl.Expr:
    """Return whether moments lie between the panel's steps.

    Args:
        moment: of rows.
        panel: that they are laid beside.
    """
    return (moment - panel.first).dt.total_microseconds() % panel.step_microseconds != 0


def refuse_unread(rows: int, path: Path) -> None:
    """Refuse rows whose time cannot be read.

    Args:
        rows: how many there are.
        path: of the file.

    Raises:
        RequestError: there are some.
    """
    if rows:
        raise RequestError(
            f"{path}: expected a timestamp such as 2024-01-31 13:00 in every row, got "
            f"{counted(rows, 'row')} without one"
        )


def refuse_off_grid(rows: int, panel: Panel) -> None:
    """Refuse rows between the panel's steps.

    Args:
        rows: how many there are.
        panel: that they are laid beside.

    Raises:
        RequestError: there are some.
    """
    if rows:
        raise RequestError(
            f"timestamps: expected those of the panel, {panel.described.granularity} from "
            f"{panel.first} on, got {counted(rows, 'row')} between them; timestamps are in UTC, "
            "and start a step"
        )


def refuse_strangers(names: Sequence[str], known: str) -> None:
    """Refuse a file of servers that the panel does not have.

    Args:
        names: the servers, none of which is known.
        known: a server of the panel.

    Raises:
        RequestError: there are some.
    """
    if names:
        raise RequestError(f"server_id: expected servers such as {known}, got {listed(names)}")
