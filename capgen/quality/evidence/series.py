"""What each server's series are, for rules that need no model: each read in one pass or two."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any

import polars as pl

from capgen import sql
from capgen.quality.evidence.units import allowed_range
from capgen.quality.source import Source

_PEERS = ("server_type", "region")  # servers that share these are expected to behave alike
_SIGNATURE = 32  # hashes a server
_SHARED = 8  # of them, from which on two servers are compared row by row
_MOST_PAIRS = 100


class Series:
    """What each server's series are. Each part is worked out when a rule first asks for it.

    Args:
        source: an open dataset.
        good: columns that can be read.
    """

    def __init__(self, source: Source, good: Collection[str]) -> None:
        self._source = source
        self._good = good
        known = source.described.labels
        self.labels = [name for name in known if name in good]
        self.peers = [name for name in _PEERS if name in self.labels]
        self._step = {"step_minutes": source.described.step_minutes}

    @cached_property
    def spans(self) -> pl.DataFrame:
        """The span and the labels of each server, as `sql/checks/telemetry/spans.sql` says."""
        return self._ask("spans", {"labels": ["server_id", *self.labels], **self._step})

    def odd_servers(self, flag: str, day: date) -> list[str]:
        """Return the servers whose flag of a day is not that of most servers.

        Args:
            flag: its column.
            day: the day.
        """
        found = self._ask("odd_flags", {"flag": [flag], "calendar_day": day})
        return found["server_id"].to_list()

    @cached_property
    def sums(self) -> pl.DataFrame:
        """One row a server and metric.

        Columns: server_id, the peers' labels, metric, rows, present, least, greatest, outside, log;
        as `sql/checks/telemetry/series.sql` says.
        """
        ranges = {metric.name: allowed_range(metric.unit) for metric in self._source.metrics}
        parameters = {
            "peers": self.peers,
            "low": sql.map_parameter({name: low for name, (low, _) in ranges.items()}),
            "high": sql.map_parameter({name: high for name, (_, high) in ranges.items()}),
        }
        wide = self._ask("series", parameters, [{"column": name} for name in ranges])
        return pl.concat(_series_of(wide, name, self.peers) for name in ranges)

    @cached_property
    def gaps(self) -> Mapping[str, pl.DataFrame]:
        """The gaps of each metric by its column, as `sql/checks/telemetry/gaps.sql` says."""
        columns = self._source.columns
        return {name: self._ask("gaps", {"metric": [name], **self._step}) for name in columns}

    @cached_property
    def rhythm(self) -> pl.DataFrame:
        """The mean of each metric by server and hour: server_id, peers, panel.hour, metrics."""
        return self._ask("rhythm", {"metrics": self._source.columns, "peers": self.peers})

    @cached_property
    def copies(self) -> pl.DataFrame:
        """Pairs of servers that may have one series, and how far their rows agree.

        Columns: first_server, server_id, minutes (that the second is later), both_rows, equal,
        by_chance.
        """
        metrics = {"metrics": self._source.columns}
        found = self._ask("signatures", {**metrics, "size": _SIGNATURE, "least": _SHARED})
        self._source.connection.register("pairs", found[:_MOST_PAIRS])
        return found.join(self._ask("agreement", metrics), on="server_id", maintain_order="left")

    def _ask(
        self,
        query: str,
        parameters: Mapping[str, Any],
        repeats: Sequence[Mapping[str, str]] = (),
    ) -> pl.DataFrame:
        name = f"checks/telemetry/{query}"
        return sql.run_query(self._source.connection, name, parameters, repeats)


def _series_of(wide: pl.DataFrame, metric: str, peers: list[str]) -> pl.DataFrame:
    aggregates = ("present", "least", "greatest", "outside", "log")
    return wide.select(
        "server_id",
        *peers,
        pl.lit(metric).alias("metric"),
        pl.col("panel.rows").alias("rows"),
        *(pl.col(f"{metric}.{name}").alias(name) for name in aggregates),
    )
