"""The model of a cell, step by step: noise, mean, spikes, events, derived metrics, outliers, clip, gaps."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from capgen.columns import EVENT, OUTLIER, SPIKE
from capgen.config import Config
from capgen.draws.arrays import Floats
from capgen.draws.by_block import draw_uniforms
from capgen.panel import metrics
from capgen.panel.cells import Cells
from capgen.panel.chunks import Chunk
from capgen.panel.labels import Labels
from capgen.panel.layers import missing, outliers
from capgen.panel.layers.event_cells import Touched, touched_cells
from capgen.panel.layers.regimes import draw_states
from capgen.panel.layers.scheduled_spikes import draw_scheduled_spikes
from capgen.panel.layers.server_life import not_alive
from capgen.panel.layers.server_spread import SPIKE_MAGNITUDE, SPIKE_PROBABILITY, of_server
from capgen.panel.means import ServerMeans
from capgen.panel.noise_sum import NoiseSum
from capgen.panel.raw_values import RawValues
from capgen.panel.text_codes import TextCodes
from capgen.timeline.time_axis import Span, TimeAxis


@dataclass(frozen=True, slots=True)
class CellModel:
    """Works out some cells; each method is one step of the model, in its order.

    Args:
        config: a valid configuration.
        axis: its time axis.
        chunk: the cells: few enough for their values to stay in a core's cache.
        servers: the chunk's server frame.
        server_ids: their ids.
        texts: what codes of labels stand for, by column.
    """

    config: Config
    axis: TimeAxis
    chunk: Chunk
    servers: pl.DataFrame
    server_ids: Sequence[str]
    texts: Mapping[str, TextCodes]

    @property
    def _where(self) -> tuple[Sequence[str], TimeAxis, Span]:
        return self.server_ids, self.axis, self.chunk.span

    def work_out(self, cells: Cells, means: ServerMeans, steps: slice, noise_sum: NoiseSum) -> None:
        """Fill the cells.

        Args:
            cells: where to.
            means: of the servers.
            steps: of the dates that the means follow.
            noise_sum: the archetype's noise.
        """
        of_key = cells.of_key
        wanted = {*of_key, *self._sources(cells)}
        drawn = [key for key in self.config.drawn_metrics if key in wanted]
        mean_of = dict(zip(drawn, means.of(drawn, steps), strict=True))
        if drawn or cells.states is not None:
            self._draw(cells, mean_of, means.lasting, noise_sum)
        labels = Labels(self.config, cells, self.texts)
        self._spike(cells, means.lasting, labels)
        touched = touched_cells(self.config, self.servers, self.axis, self.chunk.span)
        self._let_happen(cells, touched, labels)
        metrics.derive(self.config, of_key)
        self._add_outliers(cells, labels)
        metrics.finish(self.config, of_key)
        self._take_away(of_key)
        labels.write(touched)

    def _draw(
        self,
        cells: Cells,
        mean_of: dict[str, Floats],
        lasting: Mapping[str, Floats],
        noise_sum: NoiseSum,
    ) -> None:
        """Set the values to mean and noise, in the states that the servers are in."""
        archetype, span = self.chunk.archetype, self.chunk.span
        states = draw_states(self.config, archetype, self.servers, self.axis, span)
        raw = RawValues(self.config, self.config.archetypes[archetype], lasting, states)
        raised = {key: raw.raise_mean(key, mean) for key, mean in mean_of.items()}
        values = {key: cells.of_key[key] for key in mean_of if key in cells.of_key}
        if values:
            noise_sum.fill(self.config, self.servers, self.axis, span, states, cells.values[: len(values)])
        for key, of_metric in values.items():
            raw.work_out(key, raised[key], of_metric)
        self._expect(cells, raised)
        if states is not None and cells.states is not None:
            cells.states[:] = states

    def _sources(self, cells: Cells) -> set[str]:
        """Return the drawn metrics whose means are wanted."""
        derived = {key: self.config.metrics[key].derived for key in cells.expected}
        return {each.source if each else key for key, each in derived.items()}

    def _expect(self, cells: Cells, mean_of: dict[str, Floats]) -> None:
        for key, expected in cells.expected.items():
            derived = self.config.metrics[key].derived
            expected[:] = mean_of[derived.source] * derived.factor if derived else mean_of[key]
            expected += 0.0  # makes 0 of −0

    def _spike(self, cells: Cells, lasting: Mapping[str, Floats], labels: Labels) -> None:
        if not metrics.spikes_needed(self.config, cells.keys):
            return
        archetype, span = self.chunk.archetype, self.chunk.span
        kind = self.config.archetypes[archetype]
        probability = of_server(kind, SPIKE_PROBABILITY, lasting)
        by_chance = draw_uniforms(self.config.seed, *self._where, "spike") < probability
        scheduled = draw_scheduled_spikes(self.config, archetype, self.servers, self.axis, span)
        spikes = [(of_server(kind, SPIKE_MAGNITUDE, lasting), by_chance), *scheduled]
        anywhere = np.logical_or.reduce([where for _, where in spikes])
        with labels.watch(SPIKE, anywhere, derives=True):
            for magnitude, where in spikes:
                metrics.multiply_spikes(self.config, cells.of_key, magnitude, where)

    def _let_happen(self, cells: Cells, touched: Sequence[Touched], labels: Labels) -> None:
        if not touched:
            return
        of_key = cells.of_key
        anywhere = np.zeros(cells.values.shape[1:], np.bool_)
        for each in touched:
            anywhere[each.server, each.steps] = True
        with labels.watch(EVENT, anywhere, derives=True):
            for each in touched:
                for key in each.event.metrics:
                    if key in of_key:
                        factor = each.event.factor(self.axis, each.span)
                        of_key[key][each.server, each.steps] *= factor

    def _add_outliers(self, cells: Cells, labels: Labels) -> None:
        found = {
            key: outliers.draw_outliers(self.config, key, *self._where)
            for key in self.config.layers.outliers or {}
            if key in cells.keys
        }
        if not found:
            return
        anywhere = np.logical_or.reduce([each.high | each.low for each in found.values()])
        with labels.watch(OUTLIER, anywhere, derives=False):
            for key, flags in found.items():
                outliers.multiply_outliers(self.config, key, flags, cells.of_key[key])

    def _take_away(self, of_key: dict[str, Floats]) -> None:
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
