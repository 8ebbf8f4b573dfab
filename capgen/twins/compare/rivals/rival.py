"""What a rival is: a simple way to make a panel from days of the reference, to compare with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from capgen.twins.compare.window import Integers, Window

Days = NDArray[np.int64]  # for each day to fill, the number of the day that fills it


@dataclass(frozen=True)
class Rival:
    """A way to copy days.

    Args:
        name: of the rival.
        says: what it does, in words.
        days: chooses days of a window for each day of another one.
    """

    name: str
    says: str
    days: Callable[[Window, Window, Generator], Days]


def weekdays(window: Window) -> Integers:
    """Return the weekday of each day, from 0 for Monday.

    Args:
        window: the days.
    """
    return window.weekdays[:: window.steps_per_day]
