"""Twins beside what synforecast makes of the same servers, on days that neither has seen.

Run `python -m tests.bench.fit_rivals TELEMETRY …`; it takes minutes, and needs `synforecast`.
Each half of the days is given to each generator, and what it makes is laid beside the other half,
the days of the week matched. A series is one metric of one server; the seasons of blocks are weeks.
"""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import polars as pl

from capgen.cli.cross_validation import summary_table
from capgen.cli.tables import print_table
from capgen.storage.location import locate
from capgen.timeline.epoch import DAYS_PER_WEEK
from capgen.twins.compare.agreement import NamedDataset
from capgen.twins.compare.cells import Cells, Floats
from capgen.twins.compare.crossed import Half, crossed_setting
from capgen.twins.compare.panel import Panel
from capgen.twins.compare.spans import windows
from capgen.twins.compare.summary import lines_of
from capgen.twins.compare.window import Window
from capgen.twins.cross_validation.cross_validate import halves_of, made_from
from capgen.twins.cross_validation.halves import Task
from tests.bench.measuring import versions
from tests.telemetry_datasets import write_telemetry

SEED = 7
SEASON = 24 * DAYS_PER_WEEK  # hours
USES = ("twin", "draw", "borrow")

Augment = Callable[[Any, pl.DataFrame], pl.DataFrame]
GENERATORS: Mapping[str, Augment] = {
    "synf. fit": lambda augmenter, rows: augmenter.augment(rows),
    "synf. mbb": lambda augmenter, rows: augmenter.mbb(rows, seasonal_period=SEASON),
    "synf. dba": lambda augmenter, rows: augmenter.dba(rows),
}


def generated(values: Floats, servers: list[str], window: Window, augment: Augment) -> Floats:
    """Return one series made of each server's, of the same shape; NaN where it makes none.

    Args:
        values: of one metric, shape (servers, steps).
        servers: their ids.
        window: of the steps.
        augment: of a generator.
    """
    from synforecast import SynAugment

    stamps = pl.datetime_range(
        window.start, window.stop, f"{window.step_minutes}m", closed="left", eager=True
    )
    rows = pl.DataFrame(
        {
            "unique_id": np.repeat(servers, window.steps),
            "ds": pl.concat([stamps] * len(servers)),
            "y": values.ravel(),
        }
    )
    known = rows.filter(pl.col("y").is_finite().any().over("unique_id"))
    found = augment(SynAugment(seed=SEED, on_error="ar1"), known)
    made = np.full(values.shape, np.nan)
    for (name,), part in found.group_by("unique_id", maintain_order=True):
        server = str(name).rsplit("_", 2)[0]
        if name not in servers:
            made[servers.index(server)] = np.maximum(part.sort("ds")["y"].to_numpy(), 0.0)
    return made


def moved(values: Floats, source: Window, target: Window) -> Floats:
    """Return values of some days in the order of other ones: the same days of the week."""
    skipped = (target.start.weekday() - source.start.weekday()) % DAYS_PER_WEEK
    days = np.arange(target.days) + skipped
    weeks_over = np.maximum(-(-(days - source.days + 1) // DAYS_PER_WEEK), 0)
    by_day = values.reshape(len(values), source.days, -1)
    return by_day[:, days - DAYS_PER_WEEK * weeks_over].reshape(len(values), -1)


def written(panel: Panel, source: Window, target: Window, augment: Augment, folder: Path) -> Half:
    """Write what a generator makes of some days as telemetry of other ones."""
    blocks = list(panel.blocks())
    servers = [server for cells in blocks for server in cells.servers]
    first = (source.start - panel.window.start).days
    parts = [cells.part(first, source.days) for cells in blocks]
    columns = {
        column.name: moved(
            generated(_values(parts, metric), servers, source, augment), source, target
        )
        for metric, column in panel.columns.items()
    }
    moments = [
        target.start + timedelta(minutes=target.step_minutes * step) for step in range(target.steps)
    ]
    rows = pl.DataFrame(
        {
            "timestamp": moments * len(servers),
            "server_id": np.repeat(servers, target.steps),
            "server_type": "server",
            **{name: pl.Series(made.ravel(), nan_to_null=True) for name, made in columns.items()},
        }
    )
    step = panel.dataset.described.granularity
    write_telemetry(folder, rows, list(panel.columns.values()), step)
    return Half(folder, {server: server for server in servers})


def _values(parts: list[Cells], metric: str) -> Floats:
    return np.concatenate([cells.series[metric].values for cells in parts])


def made_by_rivals(
    real: Panel, halves: list[Window], room: Path, failures: list[str]
) -> Iterator[tuple[str, list[Half]]]:
    """Yield what each generator makes of each half for the other one, and note failures."""
    for name, augment in GENERATORS.items():
        started = time.process_time()
        pairs = enumerate(zip(halves[::-1], halves, strict=True))
        try:
            made = [
                written(real, source, target, augment, room / f"{name} {number}")
                for number, (source, target) in pairs
            ]
        except Exception:
            failures.append(f"{name} failed: {traceback.format_exc().splitlines()[-1]}")
            continue
        print(f"{name}: {time.process_time() - started:.0f} s of processor time", flush=True)
        yield name, made


def print_figures(data: str) -> None:
    """Print the table of some telemetry, what copies, and what each candidate differs in most."""
    dataset = NamedDataset.of(data, locate(data))
    (window,) = windows([dataset], dataset.step_minutes, None, None)
    halves = halves_of(dataset, window)
    (real,) = crossed_setting(dataset, window, {}).panels
    print(f"\n{data}: {len(real.servers)} servers, {halves[0].days} days a half\n")
    with TemporaryDirectory(prefix="capgen-") as place:
        room = Path(place)
        started = time.process_time()
        task = Task(dataset.folder, options={}, seed=None, uses=USES)
        made, notes = made_from(task, halves, room, lambda _what: None)
        print(f"{', '.join(made)}: {time.process_time() - started:.0f} s of processor time")
        made.update(made_by_rivals(real, halves, room, notes))
        found = crossed_setting(dataset, window, made).comparison(is_with_rivals=True)
    print("\n".join(notes))
    print_table(summary_table(list(lines_of(found)), found.directions))
    for outcome in found.outcomes:
        copied = ", ".join(f"{row.measure.name} {row.value:.2f}" for row in outcome.copies)
        print(f"{outcome.name}: copies {copied or 'nothing'}")
        for worst in outcome.worst:
            print(f"  {worst.says}")


def main() -> None:
    """Print figures of each telemetry, with versions."""
    print(f"{versions('scikit-learn')}, synforecast {version('synforecast')}")
    for data in sys.argv[1:]:
        print_figures(data)


if __name__ == "__main__":
    main()
