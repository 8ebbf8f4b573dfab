"""`check`: proves that what was configured is really in the data.

Exact rules allow nothing wrong. Statistical ones compare what was measured with what the configuration implies in
closed form, in standard errors that follow from the configuration too; `capgen.quality.statistics` says how their
limits are corrected for their number, so that a good dataset fails at most once in 1,000 checks. Where servers
remember, switch states or move together, there is no closed form: `capgen.quality.twin` compares with a twin.

Exact rules look at every row, statistical ones at some servers of a large panel: `capgen.quality.sample` says which.
Memory does not grow with the rows: DuckDB streams the files, summed up by server, by day, or by archetype and hour.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl

from capgen import sql
from capgen.columns import LABELS
from capgen.panel.fleet import fleet_frame
from capgen.panel.schema import panel_schema
from capgen.quality.causes import causes_of
from capgen.quality.closed_form.correlation import correlation_statistics
from capgen.quality.closed_form.effects import effect_statistics
from capgen.quality.closed_form.events import event_statistics
from capgen.quality.closed_form.level import archetype_findings, level_statistics
from capgen.quality.closed_form.measured import hour_sums, measure
from capgen.quality.closed_form.outliers import outlier_statistics
from capgen.quality.closed_form.residuals import residual_sums
from capgen.quality.closed_form.scheduled import scheduled_statistics
from capgen.quality.closed_form.spikes import spike_statistics
from capgen.quality.counted.decimals import check_decimals
from capgen.quality.counted.missing import completeness, implied_missing, missing_statistics
from capgen.quality.exact.labels import truth_findings
from capgen.quality.exact.metadata import check_metadata
from capgen.quality.exact.order import check_order
from capgen.quality.exact.remade.rule import remade_findings
from capgen.quality.exact.structure import check_keys, check_schema, count_servers
from capgen.quality.exact.values import (
    FLAGS,
    check_calendar,
    check_range,
    check_size,
    value_counts,
)
from capgen.quality.expected.calendars import Calendars, hourly_calendars
from capgen.quality.expected.dynamic import is_dynamic
from capgen.quality.expected.effects import effects_of
from capgen.quality.expected.groups import groups_of
from capgen.quality.expected.model import archetype_models
from capgen.quality.findings import Finding, Report, Sample, report_of
from capgen.quality.sample import MOST_ROWS
from capgen.quality.source import Source, altered_files, open_source
from capgen.quality.statistics import judge
from capgen.quality.twin.rules import dynamic_statistics, servers_looked_at
from capgen.storage.location import locate
from capgen.system.paths import local_path

_KEYS = frozenset({"timestamp", "server_id", "server_type"})


def check(folder: Path | str, config_file: Path | str | None = None, *, most_rows: int | None = MOST_ROWS) -> Report:
    """Check a dataset against what it should be.

    Args:
        folder: the dataset's, with folders year=…/server_type=….
        config_file: a configuration that says what to expect; the dataset's manifest says it without one.
        most_rows: that the statistical rules look at, unless a few servers have more; None for all. Where layers make
            each server differ, they look at fewer. The exact rules look at every row.

    Returns:
        The rules with their verdicts. Rules whose columns are missing or of a wrong type are left out: the rule
        `schema` fails then.

    Raises:
        RequestError: there is no such dataset, or nothing that says what to expect.
        CapgenError: a file cannot be read.
    """
    with open_source(locate(folder), None if config_file is None else local_path(config_file)) as source:
        return check_source(source, most_rows)


def check_source(source: Source, most_rows: int | None = MOST_ROWS) -> Report:
    """Check a dataset that is open, as `check` does.

    Args:
        source: an open dataset.
        most_rows: as in `check`.
    """
    calendars = hourly_calendars(source.config)
    schema, good = check_schema(source)
    findings, sample = [schema, *_structure_findings(source, good, calendars, most_rows)], None
    keys = tuple(key for key, metric in source.config.metrics.items() if metric.column in good)
    if good >= _KEYS and keys:
        if is_dynamic(source.config):
            of_values, sample = _dynamic_findings(source.with_keys(keys), calendars, most_rows, good)
        else:
            of_values, sample = _value_findings(source.with_keys(keys), calendars, most_rows)
        findings += of_values
    if good >= set(panel_schema(source.config)):
        findings.append(check_size(source))
    types = dict(fleet_frame(source.config).select("server_id", "server_type").iter_rows())
    causes = causes_of(findings, types, source.columns)
    report = report_of(str(source.folder), findings, sample)
    return replace(report, causes=tuple(causes), altered=tuple(altered_files(source.folder)))


def _structure_findings(
    source: Source, good: frozenset[str], calendars: Calendars, most_rows: int | None
) -> Iterator[Finding]:
    if good >= _KEYS:
        servers = count_servers(source, good)
        yield from check_keys(source, servers)
        yield check_order(source)
        yield check_metadata(source.config, servers, good)
        yield from remade_findings(source, servers, good, most_rows)
    if good >= FLAGS | {"timestamp"}:
        yield check_calendar(source, calendars)
    if source.config.truth and good >= {*_KEYS, *LABELS}:
        yield from truth_findings(source)


def _value_findings(source: Source, calendars: Calendars, most_rows: int | None) -> tuple[list[Finding], Sample]:
    config = source.config
    counts, implied = value_counts(source), implied_missing(config)
    groups = groups_of(config, most_rows)
    source.connection.register("groups", groups.members)
    source.connection.register("event_spans", groups.event_spans)
    models = list(archetype_models(config, groups, calendars, list(source.keys)))
    sums = _sums_of(source, "grouped")
    in_events = _sums_of(source, "event_rows") if config.layers.events else None
    archetypes = list(measure(sums, models))
    residuals = residual_sums(source, models)
    findings = judge(
        [
            *completeness(source, counts, implied),
            check_range(source, counts),
            check_decimals(source, counts),
            *effect_statistics(effects_of(config), archetypes),
            *spike_statistics(config, archetypes, residuals),
            *correlation_statistics(config, models, residuals),
            *level_statistics(archetypes),
            *missing_statistics(source, counts, implied),
            *(() if in_events is None else event_statistics(config, groups, models, in_events)),
            *outlier_statistics(source, archetypes),
            *scheduled_statistics(config, groups, calendars, sums, source.keys),
            *archetype_findings(archetypes),
        ]
    )
    rows = sum(int(each["cells"].sum()) for each in (sums, in_events) if each is not None)
    return findings, Sample(groups.members.height, config.num_servers, rows, counts["cells"])


def _dynamic_findings(
    source: Source, calendars: Calendars, most_rows: int | None, good: frozenset[str]
) -> tuple[list[Finding], Sample]:
    config = source.config
    counts, implied = value_counts(source), implied_missing(config)
    servers = servers_looked_at(config, most_rows)
    findings = judge(
        [
            *completeness(source, counts, implied),
            check_range(source, counts),
            check_decimals(source, counts),
            *dynamic_statistics(source, servers, calendars, good),
            *missing_statistics(source, counts, implied),
        ]
    )
    looked_at = sum(frame.height for frame in servers.values())
    sample = Sample(looked_at, config.num_servers, looked_at * config.axis.span.size, counts["cells"])
    return findings, sample


def _sums_of(source: Source, rows: str) -> pl.DataFrame:
    """Sum up the cells that a query looks at, which later ones read by its name."""
    sql.view_query(source.connection, rows, f"checks/{rows}")
    return hour_sums(source, rows)
