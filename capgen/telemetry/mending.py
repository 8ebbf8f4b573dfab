"""Mends one bucket of servers: from samples as they were found to rows of the panel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from capgen import sql
from capgen.telemetry.account import Tally
from capgen.telemetry.grid import gridded
from capgen.telemetry.limits import limits_of
from capgen.telemetry.order import in_order
from capgen.telemetry.readers.mapping import Mapping as ExportMapping
from capgen.telemetry.repairs import refuse_duplicates
from capgen.telemetry.survey import Found
from capgen.telemetry.treatment import Treated, Treatment

_MICROSECONDS = 10**6
_UTC = {"UTC", "Etc/UTC", "GMT", "Etc/GMT", "Universal", "Zulu"}
PANEL_ROWS = "panel_rows"


@dataclass(frozen=True, slots=True)
class Mending:
    """Mends buckets one after the other.

    Args:
        connection: the database; it has the views `bucket`, and tables `server_labels` and
            `calendar`.
        treatment: how metrics are treated.
        mapping: what the user says.
        zone: the clock of the samples.
        found: what there is of each metric, by name.
        numbers: the metrics' numbers, by name.
    """

    connection: sql.Connection
    treatment: Treatment
    mapping: ExportMapping
    zone: str
    found: Mapping[str, Found]
    numbers: Mapping[str, int]

    def prepare(self) -> None:
        """Make the tables that say how metrics are treated."""
        metrics = self.treatment.metrics
        number = self.numbers
        self._table(
            "counter_steps",
            {"metric": pl.Int32, "step": pl.Int64},
            [[number[each.name], each.step * _MICROSECONDS] for each in self._counters],
        )
        self._table(
            "joins",
            {"metric": pl.Int32, "how": pl.String},
            [[number[each.name], each.metric.over] for each in metrics if each.metric.over],
        )
        floats = ("multiplier", "divisor", "lowest", "highest")
        self._table(
            "factors",
            {"metric": pl.Int32, **dict.fromkeys(floats, pl.Float64)},
            [[number[each.name], *_factors(each)] for each in metrics],
        )
        width = self._grid_seconds
        self._table(
            "metric_steps",
            {"metric": pl.String, "seconds": pl.Int64, "steps": pl.Int64},
            [[each.column.name, each.step, max(each.step // width, 1)] for each in metrics],
        )

    @property
    def _grid_seconds(self) -> int:
        return self.treatment.step if self.treatment.keeps else self.treatment.period

    @property
    def _counters(self) -> list[Treated]:
        return [each for each in self.treatment.metrics if each.metric.kind == "counter"]

    def rows(self, tally: Tally) -> None:
        """Make the table `panel_rows` of the view `bucket`.

        Args:
            tally: where to add what was found.

        Raises:
            CapgenError: there are duplicates, and the mapping refuses them.
        """
        self._order(tally)
        self._unite(tally)
        self._join()
        step = self._grid_seconds * _MICROSECONDS
        self._fill(step)
        counts = [{"count": name} for name in self.treatment.sample_counts]
        self._make(PANEL_ROWS, sql.repeat_lines(sql.query_text("load/rows"), counts), {})
        self._count("absent", tally, {"step": step}, columns=True)
        if not self.treatment.keeps:
            self._count("thin", tally, {"period": self.treatment.period}, columns=True)

    def _order(self, tally: Tally) -> None:
        if self.zone in _UTC:
            self._view("utc", "load/utc_as_it_is")
        else:
            time = self.mapping.time
            self._view("utc", "load/utc", {"zone": self.zone, "repeated_hour": time.repeated_hour})
        step = self.treatment.step * _MICROSECONDS
        self._view("placed", "load/placed", {"step": step, "keep": self.treatment.keeps})
        if in_order(self.connection.view("placed")):
            self._view("ordered", "load/in_order")
        else:
            self._make("sorted", sql.query_text("load/ordered"), {})
            self.connection.table("sorted").create_view("ordered", replace=True)
        found = self._count("tally", tally, {"step": step})
        if self.mapping.duplicates == "refuse":
            refuse_duplicates(found)

    def _unite(self, tally: Tally) -> None:
        """Make the view `converted` of gauges and rates."""
        duplicates = {"duplicates": self.mapping.duplicates}
        counters = [self.numbers[each.name] for each in self._counters]
        self._view("single", "load/single", {**duplicates, "counters": counters})
        if counters:
            self._make("rates", sql.query_text("load/counters"), duplicates)
            self._count("rate_tally", tally, {})
            self._view("united", "load/gauges_and_rates")
        else:
            self.connection.view("single").create_view("united", replace=True)
        united = self.connection.view("united")
        united.project(self._expressions()).create_view("expressed", replace=True)
        may_be_outside = any(map(self._may_be_outside, self.treatment.metrics))
        if may_be_outside or any(each.factor != 1 for each in self.treatment.metrics):
            self._view("converted", "load/converted", {"out_of_range": self.mapping.out_of_range})
        else:
            self.connection.view("expressed").create_view("converted", replace=True)
        if may_be_outside:
            self._count("outside", tally, {})

    def _expressions(self) -> str:
        """Return a projection that applies the users' own expressions."""
        cases = [
            f"when {self.numbers[each.name]} then ({each.metric.expression})::double"
            for each in self.treatment.metrics
            if each.metric.expression
        ]
        if not cases:
            return "*"
        return f"* replace (case metric {' '.join(cases)} else value end as value)"

    def _may_be_outside(self, each: Treated) -> bool:
        """Tell whether values may be outside of their limits, by the least and the greatest."""
        lowest, highest = limits_of(each.column.unit)
        found = self.found[each.name]
        if each.metric.kind == "counter" or each.metric.expression or each.metric.over:
            return True
        values = [value * each.factor for value in (found.least, found.greatest) if value]
        return not all(lowest <= value <= highest for value in values)

    def _join(self) -> None:
        if any(each.metric.over for each in self.treatment.metrics):
            self._view("joined", "load/joined")
        else:
            self.connection.view("converted").create_view("joined", replace=True)

    def _fill(self, step: int) -> None:
        """Make the view `filled` of `joined`, by the shortest way."""
        columns = {each.name: self.numbers[each.name] for each in self.treatment.metrics}
        joined = self.connection.view("joined")
        grid = gridded(joined, columns, step) if self.treatment.keeps else None
        if grid is None:
            self._make("pivoted", *self._pivot())
            self._view("filled", "load/filled", {"step": step})
        else:
            self.connection.register("grid", grid.to_arrow())
            self.connection.view("grid").create_view("filled", replace=True)

    def _pivot(self) -> tuple[str, dict[str, Any]]:
        metrics = self.treatment.metrics
        if self.treatment.keeps:
            repeats = [{"metric": each.name} for each in metrics]
            return sql.repeat_lines(sql.query_text("load/kept"), repeats), {"metrics": self.numbers}
        repeats = [{each.metric.statistic: each.name} for each in metrics]
        text = sql.repeat_lines(sql.query_text("load/resampled"), repeats)
        period = self.treatment.period * _MICROSECONDS
        return text, {"period": period, "metrics": self.numbers}

    def _count(
        self, query: str, tally: Tally, parameters: Mapping[str, Any], *, columns: bool = False
    ) -> list[dict[str, Any]]:
        names = [{"column": each.column.name} for each in self.treatment.metrics]
        repeats = names if columns else []
        rows = sql.run_query(self.connection, f"load/{query}", parameters, repeats).to_dicts()
        tally.add(rows)
        return rows

    def _table(self, name: str, schema: Mapping[str, Any], rows: Sequence[Sequence[Any]]) -> None:
        frame = pl.DataFrame(rows, schema=dict(schema), orient="row")
        self.connection.from_arrow(frame.to_arrow()).create(name)

    def _view(self, name: str, query: str, parameters: Mapping[str, Any] | None = None) -> None:
        rows = self.connection.sql(sql.query_text(query), params=dict(parameters or {}))
        rows.create_view(name, replace=True)

    def _make(self, name: str, text: str, parameters: Mapping[str, Any]) -> None:
        self.connection.execute(f"drop table if exists {sql.identifier(name)}")
        self.connection.sql(text, params=dict(parameters)).create(name)


def _factors(each: Treated) -> list[Any]:
    lowest, highest = limits_of(each.column.unit)
    return [each.factor.numerator, each.factor.denominator, lowest, highest]
