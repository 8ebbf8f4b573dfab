"""What `saturation` finds out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from capgen.words import counted

LEVELS = {"early": 0.05, "middle": 0.5, "late": 0.95}  # of the band of futures


@dataclass(frozen=True, kw_only=True)
class Saturation:
    """When servers reach a limit.

    Args:
        metric: its key.
        unit: of the limit.
        limit: that is reached.
        rule: what is laid beside it.
        start: the first day that is not known.
        until: the last day.
        draws: number of futures.
        table: a row for each server, the first to reach it first: server_id, server_type,
            expected, drawn (days; null where the limit is not reached), and of futures early,
            middle and late (their 5 %, 50 % and 95 % quantiles) and the share that reach it.
        crossing: between how many servers reach it, in 90 % of the futures; none without any.
    """

    metric: str
    unit: str
    limit: float
    rule: str
    start: date
    until: date
    draws: int
    table: pl.DataFrame
    crossing: tuple[int, int] | None

    @property
    def drawn(self) -> int:
        """How many servers reach it."""
        return self.table["drawn"].count()

    @property
    def expected(self) -> int:
        """How many servers' expected values reach it."""
        return self.table["expected"].count()

    @property
    def crossing_servers(self) -> pl.DataFrame:
        """The rows of the servers that reach it, or are expected to, or do so in some future."""
        possible = pl.col("drawn", "expected").is_not_null()
        if self.draws:
            return self.table.filter(pl.any_horizontal(possible, pl.col("share") > 0))
        return self.table.filter(pl.any_horizontal(possible))

    @property
    def limit_text(self) -> str:
        """The limit with its unit."""
        return f"{self.limit:g} {'%' if self.unit == 'percent' else self.unit}".rstrip()

    @property
    def line(self) -> str:
        """The outcome in a line."""
        servers = counted(self.table.height, "server")
        cross = "crosses" if self.drawn == 1 else "cross"
        text = f"{self.drawn:,} of {servers} {cross} {self.limit_text} by {self.until}"
        if not self.drawn:
            return text
        first = self.table.row(0, named=True)
        return f"{text}; first: {first['server_id']} on {first['drawn']}"

    def as_json(self) -> dict[str, Any]:
        """Return every figure as JSON has it."""
        columns = self.table.with_columns(pl.col(pl.Date).dt.to_string())
        return {
            "metric": self.metric,
            "unit": self.unit,
            "limit": self.limit,
            "rule": self.rule,
            "from": self.start.isoformat(),
            "until": self.until.isoformat(),
            "draws": self.draws,
            "servers": self.table.height,
            "expected": self.expected,
            "drawn": self.drawn,
            "crossing": self.crossing,
            "line": self.line,
            "table": columns.to_dicts(),
        }
