"""Labels of the truth: which layer changed a value, as it stands in the panel.

Spikes come first, then events, then outliers. A label means that its layer changed what those before
it had left: after clip and rounding, and where the value is not missing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np

from capgen.columns import EVENT, OUTLIER, OUTLIER_METRICS, SPIKE
from capgen.config import Config
from capgen.draws.arrays import Codes, Flags, Floats
from capgen.panel import metrics
from capgen.panel.cells import Cells
from capgen.panel.layers.event_cells import Touched
from capgen.panel.layers.events import metrics_changed
from capgen.panel.text_codes import TextCodes

Changed = dict[str, Flags]  # by metric, shape (servers, steps)


def columns_behind(config: Config, wanted: Collection[str]) -> Iterator[str]:
    """Yield the columns of the metrics that decide labels.

    Args:
        config: a valid configuration.
        wanted: columns to make.
    """
    outliers = config.layers.outliers or {}
    for key, metric in config.metrics.items():
        source = config.metrics[metric.derived.source] if metric.derived else metric
        spikes = SPIKE in wanted and source.spike_share is not None
        wrong = key in outliers and (OUTLIER in wanted or OUTLIER_METRICS in wanted)
        if spikes or wrong or (EVENT in wanted and config.layers.events):
            yield metric.column


class Labels:
    """Follows what the layers change in some cells, and writes the labels that are wanted.

    Args:
        config: a valid configuration.
        cells: to follow.
        texts: what codes stand for, by column.
    """

    def __init__(self, config: Config, cells: Cells, texts: Mapping[str, TextCodes]) -> None:
        self._config = config
        self._cells = cells
        self._texts = texts
        self._changed: dict[str, Changed] = {}

    @contextmanager
    def watch(self, label: str, where: Flags, *, derives: bool) -> Iterator[None]:
        """Note which values change within, as the panel would show them.

        Args:
            label: column of the layer's label: a flag, or the events.
            where: the cells to look at, shape (servers, steps).
            derives: whether the derived metrics are still to be worked out.
        """
        if not self._wants(label):
            yield
            return
        before = self._shown(where, derives)
        yield
        self._changed[label] = {}
        for key, after in self._shown(where, derives).items():
            flags = np.zeros_like(where)
            flags[where] = after != before[key]
            self._changed[label][key] = flags

    def write(self, touched: Sequence[Touched]) -> None:
        """Fill the columns, of cells whose values are done.

        Args:
            touched: the events that touch them.
        """
        self._leave_out_missing()
        for label, changed in self._changed.items():
            for flags in changed.values():
                self._cells.flag(label, flags)
        if OUTLIER_METRICS in self._cells.codes:
            self._name_metrics(self._cells.codes[OUTLIER_METRICS])
        if EVENT in self._changed:
            self._name_events(self._cells.codes[EVENT], touched)

    def _wants(self, label: str) -> bool:
        wanted = {*self._cells.flags, *self._cells.codes}
        return label in wanted or (label == OUTLIER and OUTLIER_METRICS in wanted)

    def _shown(self, where: Flags, derives: bool) -> dict[str, Floats]:
        shown = {key: values[where] for key, values in self._cells.of_key.items()}
        if derives:
            metrics.derive(self._config, shown)
        metrics.finish(self._config, shown)
        return shown

    def _leave_out_missing(self) -> None:
        of_key = self._cells.of_key
        for changed in self._changed.values():
            for key, flags in changed.items():
                flags &= ~np.isnan(of_key[key])

    def _name_metrics(self, codes: Codes) -> None:
        changed = self._changed.get(OUTLIER, {})
        for key, metric in self._config.metrics.items():
            if key in changed:
                self._texts[OUTLIER_METRICS].add(codes, changed[key], metric.column)

    def _name_events(self, codes: Codes, touched: Sequence[Touched]) -> None:
        for each in touched:
            here = (each.server, each.steps)
            keys = metrics_changed(self._config, each.event)
            flags = np.logical_or.reduce([self._changed[EVENT][key][here] for key in keys])
            self._texts[EVENT].add(codes[here], flags, each.event.id)
