"""Reads the cells that the statistical rules look at, block by block, as arrays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import polars as pl

from capgen import sql
from capgen.config import Config
from capgen.draws.arrays import Flags, Floats, Places
from capgen.quality.evidence.counts import clip_ends
from capgen.quality.expected.buckets import bucket_minutes
from capgen.quality.expected.calendars import Calendars
from capgen.quality.expected.groups import Groups
from capgen.quality.source import Source

_ROWS = 16_384  # few enough for a processor's cache, enough for NumPy's calls to cost little


class Cells(NamedTuple):
    """Cells of one archetype.

    Args:
        archetype: the archetype's name.
        places: where their groups and hours stand among the archetype's, shape (n,); after the last
            where it has no such group or hour.
        values: shape (metrics, n), and minus infinity where there is none.
        inside: whether a value lies inside its metric's clip, likewise.
    """

    archetype: str
    places: Places
    values: Floats
    inside: Flags

    def of(self, chosen: Flags) -> Cells:
        """Return some of the cells.

        Args:
            chosen: shape (n,).
        """
        if chosen.all():
            return self
        values = self.values[:, chosen]
        return Cells(self.archetype, self.places[chosen], values, self.inside[:, chosen])


class Layout:
    """Where an archetype's groups and hours stand: group by group, and by hour within each.

    Args:
        config: the panel's configuration.
        groups: the groups that are looked at.
        calendars: the clocks' calendars, from `hourly_calendars`.

    Attributes:
        sizes: number of places of each archetype, by name.
    """

    def __init__(self, config: Config, groups: Groups, calendars: Calendars) -> None:
        hours = next(iter(calendars.values()))["hour"].to_physical().to_numpy()
        self.sizes = {name: rows.height * hours.size for name, rows in groups.rows.items()}
        self._nowhere = max(self.sizes.values())
        self._first = hours[0]
        self._length = bucket_minutes(config) * 60_000_000
        buckets = (hours - self._first) // self._length
        self._of_bucket = np.full(buckets[-1] + 3, self._nowhere)  # one before, and one after all
        self._of_bucket[buckets + 1] = np.arange(hours.size)
        self._of_group = {}
        for name, rows in groups.rows.items():
            firsts = np.full(groups.count, self._nowhere)
            firsts[rows["group"].to_numpy()] = np.arange(rows.height) * hours.size
            self._of_group[name] = firsts

    def places(self, archetype: str, groups: Places, timestamps: Places) -> Places:
        """Return where cells of an archetype stand.

        Args:
            archetype: its name.
            groups: numbers of the cells' groups.
            timestamps: microseconds since 1970.
        """
        buckets = (timestamps - self._first) // self._length
        hours = self._of_bucket[np.clip(buckets + 1, 0, self._of_bucket.size - 1)]
        places: Places = self._of_group[archetype][groups] + hours
        return np.minimum(places, self.sizes[archetype])


def read_cells(source: Source, layout: Layout, rows: str) -> Iterator[Cells]:
    """Yield cells block by block.

    Args:
        source: an open dataset.
        layout: where cells stand.
        rows: the view that holds them, with the number of a group for each.
    """
    ends = clip_ends(source)
    types = list(layout.sizes)
    parameters = {"columns": source.columns, "types": types, "rows": rows}
    for batch in sql.query_batches(source.connection, "checks/looked_at", parameters, _ROWS):
        # Not by pyarrow's to_numpy, which imports pandas: that takes as long as a small check.
        yield from _cells(pl.DataFrame(batch), layout, types, ends)


def _cells(
    batch: pl.DataFrame, layout: Layout, types: list[str], ends: Mapping[str, tuple[float, float]]
) -> Iterator[Cells]:
    """Yield the cells of a batch, archetype by archetype."""
    of_row = batch["panel.type"].to_numpy()
    groups = batch["panel.group"].to_numpy()
    timestamps = batch["timestamp"].to_physical().to_numpy()
    values = np.array([batch[name].to_numpy() for name in ends])
    low, high = (np.array(end)[:, np.newaxis] for end in zip(*ends.values(), strict=True))
    inside = (values >= low) & (values <= high)
    edges = [0, *(np.flatnonzero(np.diff(of_row)) + 1), of_row.size]
    for start, stop in pairwise(edges):
        number = of_row[start]
        if number >= 0:
            name = types[number]
            part = slice(start, stop)
            places = layout.places(name, groups[part], timestamps[part])
            yield Cells(name, places, values[:, part], inside[:, part])
