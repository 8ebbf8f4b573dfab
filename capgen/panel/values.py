"""The columns of a chunk that differ from cell to cell: metrics, and the truth about them.

Drawn, correlated and laid over the means in place, a cache's worth at a time.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from capgen.config import Config
from capgen.config.rules import expected_column
from capgen.panel import metrics, noise
from capgen.panel.chunks import Chunk, cut
from capgen.panel.layers import missing, outliers
from capgen.panel.layers.event_cells import EventCodes, touched_cells
from capgen.panel.layers.scheduled_spikes import draw_scheduled_spikes
from capgen.panel.layers.server_life import not_alive
from capgen.panel.means import Dates, ServerMeans
from capgen.panel.time_axis import Span, TimeAxis

# With four metrics and some temporaries, what fits into a core's own cache; each slice costs a few dozen calls.
_SLICE_ROWS = 2**15
Array = NDArray[np.float64] | NDArray[np.int8] | pl.Series


class Workspace:
    """Memory for the values of one chunk after the other: fresh memory costs more time than arithmetic.

    Only one thread at a time may use it, and each chunk overwrites the one before.
    """

    def __init__(self) -> None:
        self._floats: dict[str, noise.Floats] = {}

    def floats(self, name: str, *shape: int) -> noise.Floats:
        """Return an uninitialised array.

        Args:
            name: of what it is for.
            shape: of it.
        """
        size = math.prod(shape)
        if name not in self._floats or self._floats[name].size < size:
            self._floats[name] = np.empty(size)
        return self._floats[name][:size].reshape(shape)


@dataclass(frozen=True, slots=True)
class Cells:
    """What is worked out of some servers and steps; arrays end in (servers, steps).

    Args:
        keys: metrics whose values are wanted, and those that they follow from.
        values: of these metrics.
        expected: means by metric, of those that are wanted.
        flags: 0 or 1 by column, of those that are wanted.
        events: codes of events, if they are wanted.
    """

    keys: list[str]
    values: noise.Floats
    expected: dict[str, noise.Floats]
    flags: dict[str, NDArray[np.int8]]
    events: NDArray[np.int32] | None

    def part(self, servers: slice, steps: slice) -> Cells:
        """Return some of the cells, sharing their memory."""
        return Cells(
            self.keys,
            self.values[:, servers, steps],
            {key: array[servers, steps] for key, array in self.expected.items()},
            {name: array[servers, steps] for name, array in self.flags.items()},
            None if self.events is None else self.events[servers, steps],
        )

    @property
    def of_key(self) -> dict[str, noise.Floats]:
        """The values by metric."""
        return dict(zip(self.keys, self.values, strict=True))

    def flag(self, column: str, where: noise.Flags) -> None:
        """Set a flag, if it is wanted."""
        if column in self.flags:
            self.flags[column] |= where


def chunk_values(
    config: Config,
    axis: TimeAxis,
    chunk: Chunk,
    servers: pl.DataFrame,
    dates: Dates,
    factor: noise.Floats,
    wanted: Sequence[str],
    workspace: Workspace,
) -> dict[str, Array]:
    """Return the columns of a chunk that differ from cell to cell.

    Args:
        config: a valid configuration.
        axis: its time axis.
        chunk: some servers of one archetype over some steps of one year.
        servers: the chunk's server frame.
        dates: columns of the date frames that the servers follow, by clock.
        factor: the Cholesky factor of the archetype's noise.
        wanted: columns to make; what they do not need is not drawn.
        workspace: holds the values.

    Returns:
        For each wanted column that is a metric or the truth about one its values, by server and then by time.
        A missing value is NaN.
    """
    cells = _room(config, (servers.height, chunk.span.size), wanted, workspace)
    means, codes = ServerMeans(config, chunk.archetype, dates, servers), EventCodes()
    if cells.keys or cells.expected or cells.flags or cells.events is not None:
        for part in cut(axis, chunk, _SLICE_ROWS):
            here = slice(part.first_server - chunk.first_server, part.stop_server - chunk.first_server)
            steps = part.span.within(chunk.span)
            worker = _Worker(config, axis, part, servers[here], codes)
            worker.work_out(cells.part(here, steps), means.of_servers(here), steps, factor)
    return {name: column for name, column in _columns(config, cells, codes) if name in wanted}


def _room(config: Config, shape: tuple[int, int], wanted: Sequence[str], workspace: Workspace) -> Cells:
    keys = metrics.metrics_needed(config, wanted)
    expected = [key for key, metric in config.metrics.items() if expected_column(metric.column) in wanted]
    return Cells(
        keys,
        workspace.floats("values", len(keys), *shape),
        dict(zip(expected, workspace.floats("expected", len(expected), *shape), strict=True)),
        {name: np.zeros(shape, np.int8) for name in ("is_spike", "is_outlier") if name in wanted},
        np.zeros(shape, np.int32) if "event_id" in wanted else None,
    )


def _columns(config: Config, cells: Cells, codes: EventCodes) -> Iterator[tuple[str, Array]]:
    for key, values in cells.of_key.items():
        yield config.metrics[key].column, values.ravel()
    for key, means in cells.expected.items():
        yield expected_column(config.metrics[key].column), means.ravel()
    for name, flags in cells.flags.items():
        yield name, flags.ravel()
    if cells.events is not None:
        yield "event_id", codes.column(cells.events)


@dataclass(frozen=True, slots=True)
class _Worker:
    """Works out some cells; each method is one step of the model, in its order."""

    config: Config
    axis: TimeAxis
    chunk: Chunk
    servers: pl.DataFrame
    codes: EventCodes

    @property
    def _where(self) -> tuple[list[str], TimeAxis, Span]:
        return self.servers["server_id"].to_list(), self.axis, self.chunk.span

    def work_out(self, cells: Cells, means: ServerMeans, steps: slice, factor: noise.Floats) -> None:
        archetype, of_key = self.config.archetypes[self.chunk.archetype], cells.of_key
        drawn = [key for key in self.config.drawn_metrics if key in of_key or key in self._sources(cells)]
        mean_of = dict(zip(drawn, means.of(drawn, steps), strict=True))
        noise.draw_normals(self.config.seed, *self._where, cells.values[: sum(key in of_key for key in drawn)])
        noise.correlate(factor, cells.values[: sum(key in of_key for key in drawn)])
        metrics.add_means(archetype, of_key, {key: mean for key, mean in mean_of.items() if key in of_key})
        self._expect(cells, mean_of)
        self._spike(cells)
        self._let_happen(cells)
        metrics.derive(self.config, of_key)
        self._add_outliers(cells)
        metrics.finish(self.config, of_key)
        self._take_away(of_key)

    def _sources(self, cells: Cells) -> set[str]:
        """Return the drawn metrics whose means are wanted."""
        derived = {key: self.config.metrics[key].derived for key in cells.expected}
        return {each.source if each else key for key, each in derived.items()}

    def _expect(self, cells: Cells, mean_of: dict[str, noise.Floats]) -> None:
        for key, expected in cells.expected.items():
            derived = self.config.metrics[key].derived
            expected[:] = mean_of[derived.source] * derived.factor if derived else mean_of[key]

    def _spike(self, cells: Cells) -> None:
        if "is_spike" in cells.flags or metrics.spikes_needed(self.config, cells.keys):
            spike = self.config.archetypes[self.chunk.archetype].spike
            flags = noise.draw_spikes(self.config.seed, *self._where, spike.probability)
            every = draw_scheduled_spikes(self.config, self.chunk.archetype, self.servers, self.axis, self.chunk.span)
            for magnitude, where in [(spike.magnitude, flags), *every]:
                metrics.multiply_spikes(self.config, cells.of_key, magnitude, where)
                cells.flag("is_spike", where)

    def _let_happen(self, cells: Cells) -> None:
        of_key = cells.of_key
        for touched in touched_cells(self.config, self.servers, self.axis, self.chunk.span):
            for key in touched.event.metrics:
                if key in of_key:
                    here = of_key[key][touched.server, touched.steps]
                    here *= touched.event.factor(self.axis, touched.span)
                    here += 0.0  # makes 0 of −0, which machines clip differently
            if cells.events is not None:
                self.codes.mark(cells.events, touched)

    def _add_outliers(self, cells: Cells) -> None:
        for key in self.config.layers.outliers or {}:
            if key in cells.keys or "is_outlier" in cells.flags:
                flags = outliers.draw_outliers(self.config, key, *self._where)
                if key in cells.keys:
                    outliers.multiply_outliers(self.config, key, flags, cells.of_key[key])
                cells.flag("is_outlier", flags.high | flags.low)

    def _take_away(self, of_key: dict[str, noise.Floats]) -> None:
        for key, values in of_key.items():
            alone = missing.missing_at_random(self.config, key, *self._where)
            if alone is not None:
                values[alone] = math.nan
        for servers, steps in [
            *missing.gaps(self.config, *self._where),
            *not_alive(self.servers, self.axis, self.chunk.span),
        ]:
            for values in of_key.values():
                values[servers, steps] = math.nan
