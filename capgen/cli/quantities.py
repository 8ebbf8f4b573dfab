"""Reads lists, shares, ratios and durations from the command line."""

from __future__ import annotations

import math
import re
from datetime import timedelta

import typer

_SHARE = re.compile(r"([0-9]+(?:\.[0-9]+)?|\.[0-9]+)(%?)")
_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)(d|h|min)")
_UNITS = {"d": timedelta(days=1), "h": timedelta(hours=1), "min": timedelta(minutes=1)}


def share(text: str) -> float:
    """Return a share of 1.

    Args:
        text: such as `5%` or `0.05`.

    Raises:
        BadParameter: the text is no share from 0 to 1.
    """
    found = _SHARE.fullmatch(text.strip())
    whole = 100 if found and found[2] else 1
    value = float(found[1]) / whole if found else math.inf
    if value > 1:
        raise typer.BadParameter(f"expected a share such as 5% or 0.05, got {text[:60]!r}")
    return value


def ratio(text: str | float) -> float:
    """Return a ratio.

    Args:
        text: such as `1.5`.

    Raises:
        BadParameter: the text is no finite number from 0.
    """
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not 0 <= found < math.inf:
        raise typer.BadParameter(f"expected a ratio such as 1.5, at least 0, got {text!r}.")
    return found


def duration(text: str) -> timedelta:
    """Return a length of time.

    Args:
        text: such as `7d`, `36h` or `90min`.

    Raises:
        BadParameter: the text is no length of time.
    """
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        raise typer.BadParameter(f"expected a time such as 7d, 36h or 90min, got {text[:60]!r}")
    return float(found[1]) * _UNITS[found[2]]


def names(text: str) -> list[str]:
    """Return some names.

    Args:
        text: such as `cpu,mem`.

    Raises:
        BadParameter: there is none.
    """
    found = [name.strip() for name in text.split(",") if name.strip()]
    if not found:
        raise typer.BadParameter(f"expected names with commas between, got {text[:60]!r}")
    return found


def shares(text: str) -> tuple[float, ...]:
    """Return some shares of 1.

    Args:
        text: such as `0.05,0.95` or `5%,95%`.

    Raises:
        BadParameter: one is no share from 0 to 1.
    """
    return tuple(share(each) for each in text.split(","))
