"""`check`: proves that what was configured is really in the data.

Exact rules allow nothing wrong. Statistical ones compare what was measured with what the configuration implies in
closed form, in standard errors that follow from the configuration too; `capgen.quality.statistics` says how their
limits are corrected for their number, so that a good dataset fails at most once in 1,000 checks.

Memory does not grow with the rows: DuckDB streams the files, summed up by server, by day, or by archetype and hour.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from capgen import sql
from capgen.panel.schema import panel_schema
from capgen.quality.correlation import correlation_statistics
from capgen.quality.effects import effect_statistics
from capgen.quality.events import event_statistics
from capgen.quality.expected import effects_of, hourly_calendars
from capgen.quality.findings import Finding, Report, report_of
from capgen.quality.groups import Groups, Level, groups_of
from capgen.quality.level import archetype_findings, level_statistics
from capgen.quality.measured import hour_sums, measure
from capgen.quality.missing import implied_missing, missing_statistics
from capgen.quality.model import ArchetypeModel, archetype_models
from capgen.quality.outliers import outlier_statistics
from capgen.quality.residuals import residual_sums
from capgen.quality.scheduled import scheduled_statistics
from capgen.quality.source import Source, open_source
from capgen.quality.spikes import spike_statistics
from capgen.quality.statistics import Statistic, judge
from capgen.quality.structure import check_keys, check_schema
from capgen.quality.truth import truth_statistics
from capgen.quality.values import FLAGS, check_calendar, check_completeness, check_range, check_size

_KEYS = frozenset({"timestamp", "server_id", "server_type"})


def check(folder: Path | str, config_file: Path | str | None = None) -> Report:
    """Check a dataset against what it should be.

    Args:
        folder: the dataset's, with folders year=…/server_type=….
        config_file: a configuration that says what to expect; the dataset's manifest says it without one.

    Returns:
        The rules with their verdicts. Rules whose columns are missing or of a wrong type are left out: the rule
        `schema` fails then.

    Raises:
        RequestError: there is no such dataset, or nothing that says what to expect.
        CapgenError: a file cannot be read.
    """
    with open_source(Path(folder), None if config_file is None else Path(config_file)) as source:
        return report_of(str(folder), _findings(source))


def _findings(source: Source) -> Iterator[Finding]:
    schema, good = check_schema(source)
    yield schema
    if good >= _KEYS:
        yield from check_keys(source)
    if good >= FLAGS | {"timestamp"}:
        yield check_calendar(source)
    if good >= _KEYS:
        keys = tuple(key for key, metric in source.config.metrics.items() if metric.column in good)
        yield from _value_findings(source.with_keys(keys)) if keys else ()
    if good >= set(panel_schema(source.config)):
        yield check_size(source)


def _value_findings(source: Source) -> Iterator[Finding]:
    sql.view_query(source.connection, "grouped", "checks/all_rows")
    sums = hour_sums(source)
    implied = implied_missing(source.config)
    yield from check_completeness(source, sums, implied.missing)
    yield from check_range(source, sums)
    missing = list(missing_statistics(source, sums, implied))
    groups = groups_of(source.config)
    if groups.level is not Level.ARCHETYPE:
        source.connection.register("groups", groups.members)
        source.connection.register("event_spans", groups.event_spans)
        sql.view_query(source.connection, "grouped", "checks/grouped")
        sums = hour_sums(source)
    calendars = hourly_calendars(source.config, groups)
    models = list(archetype_models(source.config, groups, calendars, list(source.keys)))
    events = list(_event_findings(source, groups, models))
    archetypes = list(measure(sums, models))
    residuals = residual_sums(source, models)
    yield from judge(
        [
            *effect_statistics(effects_of(source.config), archetypes),
            *spike_statistics(source.config, archetypes, residuals),
            *correlation_statistics(source.config, models, residuals),
            *level_statistics(archetypes),
            *missing,
            *events,
            *(truth_statistics(source) if source.config.truth else ()),
            *outlier_statistics(source, archetypes),
            *scheduled_statistics(source.config, groups, calendars, sums, source.keys),
        ]
    )
    yield from archetype_findings(archetypes)


def _event_findings(source: Source, groups: Groups, models: Sequence[ArchetypeModel]) -> Iterator[Statistic | Finding]:
    """Judge events by the cells that take part in them, which all other rules leave out."""
    if source.config.layers.events:
        sql.view_query(source.connection, "grouped", "checks/event_rows")
        sums = hour_sums(source)
        sql.view_query(source.connection, "grouped", "checks/grouped")
        yield from event_statistics(source.config, groups, models, sums)
