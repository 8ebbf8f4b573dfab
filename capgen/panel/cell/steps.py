"""The model of a cell, step by step.

Mean, noise, season, shape, changes, derived metrics, grid, clip and rounding, gaps.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, TypeVar

from capgen.draws.arrays import Floats, few_rows, places_of
from capgen.layers.answers import Change
from capgen.layers.continuing import as_in_panel
from capgen.layers.layer import Layer
from capgen.layers.scope import Scope
from capgen.layers.states import States, in_cells
from capgen.panel.cell.labels import Labels
from capgen.panel.cell.mean import are_shared, means_of
from capgen.panel.cell.memory import Cells
from capgen.panel.cell.metrics import Recording, derive
from capgen.panel.cell.noise import NoiseSum
from capgen.panel.cell.shape import shape_noise
from capgen.panel.cell.text_codes import TextCodes
from capgen.panel.layered import Layered, On
from capgen.settings.metric import scale_of, source_of

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class CellModel:
    """Works out cells of an archetype.

    Args:
        layered: the archetype.
        noise: the archetype's noise.
        decimals: how many decimals are kept.
        kept: what happens in futures as it does in the panel, such as spikes.
    """

    layered: Layered
    noise: NoiseSum
    decimals: int
    kept: frozenset[str] = frozenset()

    def ahead(self, moment: int, kept: Collection[str]) -> CellModel:
        """Return the model of cells in futures.

        Args:
            moment: the first step that is not known.
            kept: what happens in them as it does in the panel.
        """
        kind = self.layered.kind
        axis = replace(kind.axis, moment=moment)
        of_futures = replace(self.layered, kind=replace(kind, axis=axis, reached={}))
        return replace(self, layered=of_futures, kept=frozenset(kept))

    def work_out(self, scope: Scope, cells: Cells, texts: Mapping[str, TextCodes]) -> None:
        """Fill some cells.

        Args:
            scope: the cells: few enough for their values to stay in a core's cache.
            cells: where to.
            texts: what codes of labels stand for, by column.
        """
        metrics = scope.kind.metrics
        recording = Recording(metrics, self.decimals, self._grids(scope))
        labels = Labels(cells, recording, texts)
        self._draw(scope, cells)
        self._change(scope, cells, labels, is_derived=False)
        derive(metrics, cells.of_key)
        self._change(scope, cells, labels, is_derived=True)
        recording.record(cells.of_key)
        self._take_away(scope, cells)
        labels.write()

    def _draw(self, scope: Scope, cells: Cells) -> None:
        """Set the values to mean and noise, in the states that the servers are in."""
        metrics = scope.kind.metrics
        wanted = {*cells.keys, *(source_of(metrics, key) for key in cells.expected)}
        drawn = [key for key in scope.kind.drawn if key in wanted]
        if not drawn and cells.states is None:
            return
        states = self._first(lambda layer, settings: layer.states(settings, scope))
        self._lay_noise(scope, cells, states)
        if states is None and are_shared(self.layered, scope):
            self._shape(scope, None, cells, drawn)
        else:
            self._shape_few(scope, states, cells, drawn)
        if states and cells.states is not None:
            cells.states[:] = states.codes

    def _lay_noise(self, scope: Scope, cells: Cells, states: States | None) -> None:
        """Set the values to their noise."""
        values = {key: values for key, values in cells.of_key.items() if key in scope.kind.drawn}
        if not values:
            return
        own = self._first(lambda layer, settings: layer.own_noise(settings, scope))
        noise = NoiseSum.of_servers(own) if own else self.noise
        noise.fill(scope, states, cells.values[: len(values)], cells.workspace)
        season = self._first(lambda layer, settings: layer.season(settings, scope))
        if season:
            season.lay(states.codes if states else None, values)

    def _shape(
        self, scope: Scope, states: States | None, cells: Cells, drawn: Sequence[str]
    ) -> None:
        """Bring noise to the metrics' shapes about their means, and keep the means wanted."""
        means = means_of(self.layered, scope, drawn)
        if states:
            means = {key: states.raise_mean(key, mean) for key, mean in means.items()}
        for key, values in cells.of_key.items():
            if key in means:
                shape_noise(scope, states, key, means[key], values)
        for key, expected in cells.expected.items():
            source = source_of(scope.kind.metrics, key)
            expected[:] = means[source] * scale_of(scope.kind.metrics, key)
            if states and source in states.curves:
                expected *= in_cells(states.curves[source].means, states.codes)
            expected += 0.0  # makes 0 of −0

    def _shape_few(
        self, scope: Scope, states: States | None, cells: Cells, drawn: Sequence[str]
    ) -> None:
        """Do so for a few servers at a time: what is each server's own stays in a core's cache."""
        for some in few_rows(len(scope.ids), scope.span.size):
            here = scope.part(some, scope.steps, scope.span)
            of_few = states.part(some) if states else None
            self._shape(here, of_few, cells.part(some, slice(None)), drawn)

    def _first(self, ask: Callable[[Layer[Any], Any], Answer | None]) -> Answer | None:
        """Return the answer of the first layer that has one."""
        every = (ask(layer, settings) for layer, settings in self.layered.on)
        return next((answer for answer in every if answer is not None), None)

    def _grids(self, scope: Scope) -> dict[str, Floats]:
        grids: dict[str, Floats] = {}
        for layer, settings in self.layered.on:
            grids |= layer.grids(settings, scope)
        return grids

    def _change(self, scope: Scope, cells: Cells, labels: Labels, *, is_derived: bool) -> None:
        """Let layers change values as they are drawn, or as they are derived."""
        acting = (on for on in self.layered.on if on.layer.changes_derived == is_derived)
        for _, alike in groupby(acting, key=_labels_of):
            on = list(alike)
            changes = list(self._changes(scope, cells, on))
            if changes:
                labels.lay(on[0].layer, changes)

    def _changes(self, scope: Scope, cells: Cells, on: list[On]) -> Iterator[Change]:
        for layer, settings in on:
            if set(layer.changed_metrics(settings, scope.kind.metrics)) & set(cells.keys):
                yield from layer.changes(settings, self._seen(layer, scope), cells.keys)

    def _take_away(self, scope: Scope, cells: Cells) -> None:
        of_key = cells.of_key
        for layer, settings in self.layered.on:
            seen = self._seen(layer, scope)
            for key, where in layer.singles(settings, seen, list(of_key)):
                of_key[key].put(places_of(where), math.nan)
            for servers, steps in layer.gaps(settings, seen):
                cells.values[:, servers, steps] = math.nan

    def _seen(self, layer: Layer[Any], scope: Scope) -> Scope:
        """Return the cells as a layer sees them that lets things happen."""
        return as_in_panel(scope) if layer.happens in self.kept else scope


def _labels_of(on: On) -> tuple[str, str]:
    layer: Layer[Any] = on.layer
    return layer.label, layer.names
