"""What was done to the data: the labels of its cells, by what happened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from capgen.columns import EVENT, OUTLIER, SPIKE
from capgen.config import Config
from capgen.errors import RequestError
from capgen.panel.ledger import ledger
from capgen.panel.scanning import scan_config
from capgen.scores.anomalies.runs import run_of
from capgen.scores.panel import Panel

OF_CELLS = {"spike": SPIKE, "outlier": OUTLIER}  # kinds that strike single cells, by their label
_KEYS = ("server_id", "timestamp")


@dataclass(frozen=True)
class Truth:
    """What was done to the data.

    Args:
        panel: that it was done to.
        scan: the panel's rows with labels, metrics by their names.
        kinds: which kinds of anomaly count, such as `surge` or `spike`.
        types: what kind each event is, by its id.
    """

    panel: Panel
    scan: pl.LazyFrame
    kinds: Sequence[str]
    types: Mapping[str, str]

    @classmethod
    def of(cls, panel: Panel, kinds: Sequence[str]) -> Truth:
        """Look up what happens in a panel.

        Args:
            panel: that capgen built.
            kinds: which kinds of anomaly count; all if there is none.

        Raises:
            RequestError: there is no such kind in the panel, or capgen did not build it.
        """
        config = panel.manifest.load_config()
        # What has no magnitude is a stretch without values, such as a gap.
        lines = (line for line in ledger(config) if line["magnitude"] is not None)
        types = {line["id"]: line["type"] for line in lines}
        possible = [*sorted(set(types.values())), *OF_CELLS]
        for kind in kinds:
            if kind not in possible:
                raise RequestError(f"--kind: expected one of {', '.join(possible)}, got {kind!r}")
        has_labels = EVENT in panel.described.schema
        rows = panel.scan() if has_labels else _scan_with_labels(config, panel)
        return cls(panel, rows, kinds or possible, types)

    def rows(self, servers: Sequence[str], since: datetime) -> pl.DataFrame:
        """Return the labels of the steps at which some servers have any value.

        Args:
            servers: their ids.
            since: the first timestamp.

        Returns:
            Columns server_id, timestamp, is_spike, is_outlier and event_id, sorted.
        """
        metrics = list(self.panel.metrics)
        return (
            self.scan.filter(pl.col("server_id").is_in(servers), pl.col("timestamp") >= since)
            .filter(pl.any_horizontal(pl.col(metrics).is_not_null()))
            .select(*_KEYS, *OF_CELLS.values(), EVENT)
            .collect()
            .sort(_KEYS)
        )

    def labels(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return what happened at each step, a row for each thing.

        Args:
            rows: as `rows` returns them, with other columns beside.

        Returns:
            The rows' columns with kind and event: events have their ids; runs of spikes, or of
            outliers, are events too.
        """
        frames = [*self._of_cells(rows), self._of_events(rows)]
        return pl.concat(frames).filter(pl.col("kind").is_in(self.kinds))

    def _of_cells(self, rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
        for kind, label in OF_CELLS.items():
            struck = rows.filter(pl.col(label) == 1)
            run = run_of(self.panel.step).cast(pl.String)
            yield struck.with_columns(kind=pl.lit(kind), event=run)

    def _of_events(self, rows: pl.DataFrame) -> pl.DataFrame:
        struck = rows.drop_nulls(EVENT)
        each = struck.with_columns(event=pl.col(EVENT).str.split("+")).explode("event")
        return each.with_columns(
            kind=pl.col("event").replace_strict(self.types, default=None, return_dtype=pl.String)
        ).select(*rows.columns, "kind", "event")


def _scan_with_labels(config: Config, panel: Panel) -> pl.LazyFrame:
    rows = scan_config(config.model_copy(update={"truth": True}))
    return rows.rename({column: name for name, column in panel.metrics.items()})
