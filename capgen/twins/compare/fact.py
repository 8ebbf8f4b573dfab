"""What is measured of each server, and how long a panel must be for it."""

from __future__ import annotations

from typing import NamedTuple

from capgen.timeline.epoch import MINUTES_PER_DAY
from capgen.twins.compare.window import Window


class Fact(NamedTuple):
    """One number a server.

    Args:
        measure: name of the measure.
        subject: the metric, or two joined by `~`.
    """

    measure: str
    subject: str

    @property
    def text(self) -> str:
        """Its name as people read it."""
        return f"{self.measure} of {self.subject}" if self.subject else self.measure


class Needs(NamedTuple):
    """What a panel must have for a measure to say more than chance does.

    Args:
        days: of each of the two sides.
        step_minutes: the longest step.
        servers: how many.
    """

    days: int = 1
    step_minutes: int = MINUTES_PER_DAY
    servers: int = 1

    def lacking(self, window: Window, servers: int) -> str:
        """Return what a panel lacks, in words; empty where it has all.

        Args:
            window: of one side.
            servers: how many there are.
        """
        if window.step_minutes > self.step_minutes:
            return f"steps of at most {self.step_minutes} minutes"
        if window.days < self.days:
            return f"{self.days} days on each side"
        return f"{self.servers} servers" if servers < self.servers else ""


ANY = Needs()
