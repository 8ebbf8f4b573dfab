"""Tries how good twins of telemetry are: fits each half, and compares with the other one."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Unpack

from capgen.errors import RequestError
from capgen.storage.location import locate
from capgen.system.paths import StrPath
from capgen.timeline.epoch import MINUTES_PER_DAY
from capgen.twins.compare.agreement import NamedDataset
from capgen.twins.compare.comparison import Comparison, rounded
from capgen.twins.compare.crossed import Half, crossed_setting
from capgen.twins.compare.spans import windows
from capgen.twins.compare.summary import Line, lines_of
from capgen.twins.compare.window import Window
from capgen.twins.cross_validation.halves import TWIN, Task
from capgen.twins.fit.fleet import FEWEST_DAYS, FEWEST_DAYS_OF_DAILY
from capgen.twins.fit.options import FitOptions

_NAMES = ("first half", "second half")


@dataclass(frozen=True)
class CrossValidation:
    """How good twins of telemetry are.

    Args:
        comparison: of twins and rivals with the telemetry; over each half of the days stands what
            was made from the other half.
        metrics: number of metrics that were compared.
        left_out: why servers and metrics were not fitted, a line each.
        seconds: wall time.
    """

    comparison: Comparison
    metrics: int
    left_out: Sequence[str]
    seconds: float

    @property
    def lines(self) -> list[Line]:
        """One line each: the other half, other servers, twins, rivals."""
        return list(lines_of(self.comparison))

    def as_json(self) -> dict[str, Any]:
        """Return all as plain data."""
        return {
            "summary": [_as_json(line) for line in self.lines],
            "left_out": list(self.left_out),
            "seconds": round(self.seconds, 1),
            **self.comparison.as_json(),
        }


def cross_validate(
    data: StrPath,
    *,
    first: date | None = None,
    last: date | None = None,
    seed: int | None = None,
    uses: Sequence[str] = (TWIN,),
    on_progress: Callable[[str], None] = lambda _what: None,
    **options: Unpack[FitOptions],
) -> CrossValidation:
    """Try how good twins of telemetry are, on days that they were not fitted on.

    Fits each half of the days, builds its twin over the other half, and compares it with what was
    measured there, beside the other half itself, and copies of its days and weeks. Writes nothing
    but a temporary folder, which is removed.

    Args:
        data: the folder of telemetry, or of any dataset.
        first: the first day; by default the first whole one there is.
        last: the last day; by default the last whole one there is.
        seed: of the twins; by default that of the fit.
        uses: ways to use the library, a candidate each: twin, draw, borrow.
        on_progress: called with what is being done, in words.
        options: states, kinds, labels, holidays, timezone and pool, as `fit` takes them.

    Raises:
        RequestError: the folder is no dataset, it is too short, or an option is wrong.
        CapgenError: a file cannot be read.
    """
    started = time.monotonic()
    dataset = NamedDataset.of(os.fspath(data), locate(data))
    (window,) = windows([dataset], dataset.step_minutes, first, last)
    halves = halves_of(dataset, window)
    task = Task(dataset.folder, options, seed, uses)
    with TemporaryDirectory(prefix="capgen-") as room:
        made, left_out = made_from(task, halves, Path(room), on_progress)
        setting = crossed_setting(dataset, window, made)
        found = setting.comparison(
            is_with_rivals=True, on_panel=lambda name: on_progress(f"comparing {name}")
        )
    metrics = len(setting.agreement.statistics)
    return CrossValidation(found, metrics, left_out, time.monotonic() - started)


def halves_of(dataset: NamedDataset, window: Window) -> list[Window]:
    """Return the two halves of the days, each long enough to be fitted.

    Args:
        dataset: the telemetry.
        window: its days.

    Raises:
        RequestError: they are too short.
    """
    fewest = FEWEST_DAYS_OF_DAILY if window.step_minutes == MINUTES_PER_DAY else FEWEST_DAYS
    days = window.days // 2
    if days < fewest:
        raise RequestError(
            f"{dataset.name}: expected at least {2 * fewest} whole days, to fit one half and "
            f"compare with the other, got {window.days}; test a longer window, or load more"
        )
    return [window.part(0, days), window.part(days, days)]


def made_from(
    task: Task, halves: Sequence[Window], room: Path, on_progress: Callable[[str], None]
) -> tuple[dict[str, list[Half]], list[str]]:
    """Return twins for each half, fitted on the other one, and what could not be fitted.

    Args:
        task: what is tried.
        halves: the two halves of the days.
        room: an empty folder.
        on_progress: called with what is being done, in words.

    Returns:
        The halves of each way to use the library, by its name; and a line for what is left out.
    """
    made: dict[str, list[Half]] = {use: [] for use in task.uses}
    left_out: list[str] = []
    pairs = zip(halves, halves[::-1], _NAMES[::-1], strict=True)
    for target, source, name in pairs:

        def on_server(done: int, every: int, name: str = name) -> None:
            on_progress(f"fitting the {name}: {done:,} of {every:,} servers")

        place = room / name
        place.mkdir()
        fitted = task.fitted(source, place, on_server)
        left_out += [f"{name}: {line}" for line in fitted.left_out]
        on_progress(f"building twins of the {name}")
        for use, half in zip(task.uses, task.built(fitted, target), strict=True):
            made[use].append(half)
    return made, left_out


def _as_json(line: Line) -> dict[str, Any]:
    return {
        "name": line.name,
        "ratio": rounded(line.ratio),
        "by_direction": [rounded(each) for each in line.by_direction],
        "groups": {name: rounded(each) for name, each in line.groups.items()},
        **{name: rounded(each) for name, each in line.told.items()},
    }
