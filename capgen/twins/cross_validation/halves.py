"""Fits one half of telemetry, and builds twins of it over the days of the other half."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from capgen.config import load_config
from capgen.engines.running import build
from capgen.layers.library.reading import read_library
from capgen.panel.fleet import server_ids
from capgen.twins.compare.crossed import Half
from capgen.twins.compare.window import Window
from capgen.twins.fit.fit import FitResult, fit
from capgen.twins.fit.options import FitOptions

TWIN = "twin"  # the way to use a library in which a server is the twin of a real one


@dataclass(frozen=True)
class Task:
    """What is tried.

    Args:
        data: the folder of telemetry.
        options: of the fits.
        seed: of the twins; None for that of the fit.
        uses: ways to use the library: twin, draw, borrow.
    """

    data: Path
    options: FitOptions
    seed: int | None
    uses: Sequence[str]

    def fitted(
        self, source: Window, room: Path, on_server: Callable[[int, int], None]
    ) -> FitResult:
        """Fit some days.

        Args:
            source: the days.
            room: an empty folder.
            on_server: called with the number of servers fitted so far, and of all.
        """
        first, last = _days(source)
        return fit(
            self.data,
            room / "fleet.yaml",
            first=first,
            last=last,
            keep_ids=True,
            on_server=on_server,
            **self.options,
        )

    def built(self, fitted: FitResult, target: Window) -> Iterator[Half]:
        """Build a fleet of as many servers in each way, and yield them.

        Args:
            fitted: on other days.
            target: the days to build.
        """
        first, last = _days(target)
        real = read_library(fitted.library.read_bytes()).labels["server_id"]
        for use in self.uses:
            overrides = {
                "start_date": str(first),
                "end_date": str(last),
                "layers": {"library": {"use": use}},
                **({} if self.seed is None else {"seed": self.seed}),
            }
            config = load_config(fitted.config, overrides=overrides, environment={})
            folder = fitted.config.with_name(use)
            build(config, folder)
            ids = server_ids(config)
            yield Half(folder, dict(zip(ids, real if use == TWIN else ids, strict=True)))


def _days(window: Window) -> tuple[date, date]:
    return window.start.date(), (window.stop - timedelta(days=1)).date()
