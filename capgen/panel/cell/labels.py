"""Labels of the truth: which layer changed a value, as it stands in the panel.

A label means that its layer changed what the layers before it had left: after clip and rounding,
and where the value is not missing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from capgen.config import Config
from capgen.draws.arrays import Flags, Floats
from capgen.layers.answers import Change, Name
from capgen.layers.layer import Layer
from capgen.panel.cell.memory import Cells
from capgen.panel.cell.metrics import Recording, derive
from capgen.panel.cell.text_codes import TextCodes
from capgen.panel.layered import on_anywhere

Changed = dict[str, Flags]  # by metric, shape (servers, steps)


def columns_behind(config: Config, wanted: Collection[str]) -> Iterator[str]:
    """Yield the columns of the metrics that decide labels.

    Args:
        config: the panel's configuration.
        wanted: columns to make.
    """
    for layer, settings in on_anywhere(config):
        if layer.label in wanted or layer.names in wanted:
            for key in layer.changed_metrics(settings, config.metrics):
                yield config.metrics[key].column


class _Noted(NamedTuple):
    """What layers with the same labels changed."""

    label: str
    names_column: str
    names: Sequence[Name]
    changed: Changed


class Labels:
    """Follows what layers change in some cells, and writes the labels that are wanted.

    Args:
        cells: the cells to follow.
        recording: how values are measured.
        texts: what codes stand for, by column.
    """

    def __init__(self, cells: Cells, recording: Recording, texts: Mapping[str, TextCodes]) -> None:
        self._cells = cells
        self._recording = recording
        self._texts = texts
        self._noted: list[_Noted] = []

    def lay(self, layer: Layer[object], changes: Sequence[Change]) -> None:
        """Lay changes on the values, and note those that the panel will show.

        Args:
            layer: the layer that makes them, or another one with the same labels.
            changes: at least one.
        """
        if not (layer.label in self._cells.flags or layer.names in self._cells.codes):
            self._lay(changes)
            return
        where = np.logical_or.reduce([change.where for change in changes])
        derives = not layer.changes_derived
        before = self._shown(where, derives=derives)
        self._lay(changes)
        after = self._shown(where, derives=derives)
        changed = {key: _differing(where, before[key], after[key]) for key in after}
        names = [name for change in changes for name in change.names]
        self._noted.append(_Noted(layer.label, layer.names, names, changed))

    def _lay(self, changes: Sequence[Change]) -> None:
        of_key = self._cells.of_key
        for change in changes:
            change.lay(of_key)

    def _shown(self, where: Flags, *, derives: bool) -> dict[str, Floats]:
        """Return values of some cells as the panel would show them."""
        values = {key: values[where] for key, values in self._cells.of_key.items()}
        if derives:
            derive(self._recording.metrics, values)
        self._recording.record(values, where)
        return values

    def write(self) -> None:
        """Fill the columns, of cells whose values are done."""
        of_key = self._cells.of_key
        for noted in self._noted:
            for key, flags in noted.changed.items():
                flags &= ~np.isnan(of_key[key])
                self._cells.flag(noted.label, flags)
            if noted.names_column in self._cells.codes:
                self._name(noted)

    def _name(self, noted: _Noted) -> None:
        codes = self._cells.codes[noted.names_column]
        texts = self._texts[noted.names_column]
        for name in noted.names:
            here = [noted.changed[key][name.cells] for key in name.keys]
            texts.add(codes[name.cells], np.logical_or.reduce(here), name.text)


def _differing(where: Flags, before: Floats, after: Floats) -> Flags:
    """Return which of all cells differ, from the values of some."""
    flags = np.zeros_like(where)
    flags[where] = after != before
    return flags
