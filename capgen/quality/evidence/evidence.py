"""The evidence of a check: what several rules are judged from, each worked out once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

import polars as pl

from capgen import sql
from capgen.config import Config
from capgen.panel.fleet import fleet_frame
from capgen.quality.evidence.cells import Cells, Layout, read_cells
from capgen.quality.evidence.counts import value_counts
from capgen.quality.evidence.hour_sums import HourSums
from capgen.quality.evidence.limits import USUAL_LIMITS, Limits
from capgen.quality.evidence.measured import ArchetypeHours, measure
from capgen.quality.evidence.residuals import Residuals, cuts_of
from capgen.quality.evidence.schemas import compare_schemas
from capgen.quality.evidence.series import Series
from capgen.quality.evidence.servers import count_servers
from capgen.quality.expected.calendars import Calendars, hourly_calendars
from capgen.quality.expected.dynamic import is_dynamic
from capgen.quality.expected.groups import Groups, groups_of
from capgen.quality.expected.missing import Implied, implied_missing
from capgen.quality.expected.model import ArchetypeModel, archetype_models
from capgen.quality.sample import Sample, servers_beside_twins
from capgen.quality.source import Source

KEYS = ("timestamp", "server_id", "server_type")


class Evidence:
    """What rules are judged from. Each part is worked out when a rule first asks for it, and once.

    Args:
        source: an open dataset.
        most_rows: how many rows the statistical rules look at, unless a few servers have more; None
            for all.
        limits: how much may be missing of data that no model describes.

    Attributes:
        schema: how the files' columns differ from the data contract.
        source: the dataset, with those metrics whose columns can be read.
        most_rows: how many rows the statistical rules look at.
        limits: how much may be missing of data that no model describes.
    """

    def __init__(
        self, source: Source, most_rows: int | None, limits: Limits = USUAL_LIMITS
    ) -> None:
        self.schema = compare_schemas(source)
        self.source = source.with_columns(self.schema.good)
        self.most_rows = most_rows
        self.limits = limits

    @property
    def config(self) -> Config:
        """The configuration that the data should follow, for rules that need one."""
        return self.source.config

    def has_model(self) -> bool:
        """Tell whether a configuration says what the data should be."""
        return self.source.model is not None

    def has_series(self) -> bool:
        """Tell whether there are values, which stand for themselves, and whose they are."""
        return not self.has_model() and self.can_read(KEYS) and bool(self.source.metrics)

    def can_read(self, columns: Iterable[str]) -> bool:
        """Tell whether every file has some columns, of the right types.

        Args:
            columns: their names.
        """
        return self.schema.good.issuperset(columns)

    def has_all_columns(self) -> bool:
        """Tell whether every column of a configured panel can be read."""
        return self.has_model() and self.can_read(self.source.described.schema)

    def has_values(self) -> bool:
        """Tell whether configured values of any metric can be read, and whose they are."""
        return self.has_model() and self.can_read(KEYS) and bool(self.source.metrics)

    def has_closed_form(self) -> bool:
        """Tell whether there are values, and a closed form to compare them with."""
        return self.has_values() and not self._is_dynamic

    def has_twin(self) -> bool:
        """Tell whether there are values, and only a twin to compare them with."""
        return self.has_values() and self._is_dynamic

    @cached_property
    def _is_dynamic(self) -> bool:
        return is_dynamic(self.config)

    @cached_property
    def fleet(self) -> pl.DataFrame:
        """The configured servers, as `fleet_frame` returns them."""
        return fleet_frame(self.config)

    @cached_property
    def calendars(self) -> Calendars:
        """The calendar of each clock."""
        return hourly_calendars(self.config)

    @cached_property
    def servers(self) -> pl.DataFrame:
        """What each server has, as `sql/checks/servers.sql` says."""
        return count_servers(self.source, self.schema.good)

    @cached_property
    def series(self) -> Series:
        """What each server's series are, where no model says it."""
        return Series(self.source, self.schema.good)

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many values there are in all rows, as `sql/checks/values.sql` says."""
        return value_counts(self.source)

    @cached_property
    def implied_missing(self) -> Implied:
        """How many cells the configuration leaves without values."""
        return implied_missing(self.config)

    @cached_property
    def groups(self) -> Groups:
        """The servers that closed forms are compared with, and which of them behave alike."""
        groups = groups_of(self.config, self.most_rows)
        connection = self.source.connection
        connection.register("groups", groups.members)
        connection.register("event_spans", groups.event_spans)
        sql.view_query(connection, "grouped", "checks/grouped")
        return groups

    @cached_property
    def layout(self) -> Layout:
        """Where the groups and hours of each archetype stand."""
        return Layout(self.config, self.groups, self.calendars)

    @cached_property
    def models(self) -> list[ArchetypeModel]:
        """What the configuration implies for the values of each archetype that has servers."""
        keys = list(self.source.keys)
        return list(archetype_models(self.config, self.groups, self.calendars, keys))

    def cells(self) -> Iterator[Cells]:
        """Yield the cells that closed forms are compared with, without those that events touch."""
        return read_cells(self.source, self.layout, "grouped")

    @property
    def sums(self) -> dict[str, HourSums]:
        """Values of each archetype summed up by group and hour, without cells of events."""
        return self._one_pass[0]

    @property
    def residuals(self) -> dict[str, Residuals]:
        """What spikes and correlations of each archetype are judged from, of the same cells."""
        return self._one_pass[1]

    @cached_property
    def _one_pass(self) -> tuple[dict[str, HourSums], dict[str, Residuals]]:
        sums = self._no_sums()
        cuts = cuts_of(self.config, self.source.keys)
        residuals = {model.name: Residuals(model, cuts) for model in self.models}
        for cells in self.cells():
            sums[cells.archetype].add(cells)
            if cells.archetype in residuals:
                residuals[cells.archetype].add(cells)
        return sums, residuals

    @cached_property
    def event_sums(self) -> dict[str, HourSums]:
        """Values summed up as in `sums`, of the cells that events touch."""
        sums = self._no_sums()
        sql.view_query(self.source.connection, "event_rows", "checks/event_rows")
        for cells in read_cells(self.source, self.layout, "event_rows"):
            sums[cells.archetype].add(cells)
        return sums

    def _no_sums(self) -> dict[str, HourSums]:
        metrics = len(self.source.metrics)
        return {name: HourSums(metrics, places) for name, places in self.layout.sizes.items()}

    @cached_property
    def archetypes(self) -> list[ArchetypeHours]:
        """Measured values of each archetype that has servers, beside what is expected of them."""
        return list(measure(self.sums, self.models))

    @cached_property
    def beside_twins(self) -> dict[str, pl.DataFrame]:
        """The server frames of those servers that are looked at beside a twin, by archetype."""
        return servers_beside_twins(self.config, self.most_rows)

    def sample(self) -> Sample | None:
        """Return how much the statistical rules looked at; None where there was nothing."""
        if not self.has_values():
            return None
        servers, rows = self._looked_at_beside_twins() if self.has_twin() else self._looked_at()
        return Sample(servers, self.config.num_servers, rows, self.counts["cells"])

    def _looked_at_beside_twins(self) -> tuple[int, int]:
        servers = sum(frame.height for frame in self.beside_twins.values())
        return servers, servers * self.config.axis.span.size

    def _looked_at(self) -> tuple[int, int]:
        sums = [self.sums, self.event_sums] if self.config.layers.events else [self.sums]
        return self.groups.members.height, sum(
            int(each.cells.sum()) for of in sums for each in of.values()
        )
