"""`check`: proves that what was configured is really in the data.

Exact rules allow nothing wrong. Statistical ones compare what was measured with what the
configuration implies in closed form, in standard errors that follow from the configuration too;
`capgen.quality.statistics` says how their limits are corrected for their number, so that a good
dataset fails at most once in 1,000 checks. Where servers remember, switch states or move together,
there is no closed form: `capgen.quality.twin` compares with a twin.

Exact rules look at every row, statistical ones at some servers of a large panel:
`capgen.quality.sample` says which. Memory does not grow with the rows: DuckDB streams the files,
and sums them up by server, by day, or by archetype and hour. Only a small panel is read once, as
`capgen.quality.source` says.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from capgen.errors import RequestError
from capgen.quality.causes import causes_of
from capgen.quality.evidence.evidence import Evidence
from capgen.quality.evidence.limits import USUAL_LIMITS, Limits
from capgen.quality.findings import Finding
from capgen.quality.outcome import Report, report_of
from capgen.quality.rules import MEASUREMENTS
from capgen.quality.sample import MOST_ROWS
from capgen.quality.source import Source, altered_files, open_source
from capgen.quality.statistics import Statistic, judge
from capgen.storage.location import locate
from capgen.system.paths import local_path


def check(
    folder: Path | str,
    config_file: Path | str | None = None,
    *,
    most_rows: int | None = MOST_ROWS,
    max_missing: float | None = None,
    max_gap: timedelta | None = None,
) -> Report:
    """Check a dataset against what it should be.

    Args:
        folder: the dataset's folder, with folders year=…/server_type=….
        config_file: a configuration that says what to expect; by default the manifest says it.
        most_rows: how many rows the statistical rules look at, unless a few servers have more; None
            for all. Where layers make each server differ, they look at fewer. The exact rules look
            at every row.
        max_missing: share of a metric's values that may be missing of telemetry, which no
            configuration describes; by default 0.05.
        max_gap: how long a server of telemetry may have no value of a metric; by default a week.

    Returns:
        The rules with their verdicts. Rules whose columns are missing or of a wrong type are left
        out: the rule `schema` fails then.

    Raises:
        RequestError: there is no such dataset, nothing that says what to expect, or a limit comes
            with a dataset whose configuration says what may be missing.
        CapgenError: a file cannot be read.
    """
    wanted = None if config_file is None else local_path(config_file)
    with open_source(locate(folder), wanted) as source:
        return check_source(source, most_rows, _limits(source, max_missing, max_gap))


def _limits(source: Source, max_missing: float | None, max_gap: timedelta | None) -> Limits:
    given = {"max_missing": max_missing, "max_gap": max_gap}
    wanted: dict[str, Any] = {name: limit for name, limit in given.items() if limit is not None}
    if wanted and source.model:
        raise RequestError(
            f"{source.folder}: expected telemetry beside {' and '.join(wanted)}, got a dataset "
            "whose configuration says how much may be missing; leave them out"
        )
    return replace(USUAL_LIMITS, **wanted)


def check_source(
    source: Source, most_rows: int | None = MOST_ROWS, limits: Limits = USUAL_LIMITS
) -> Report:
    """Check a dataset that is open, as `check` does.

    Args:
        source: an open dataset.
        most_rows: how many rows the statistical rules look at, as in `check`.
        limits: how much may be missing, as in `check`.
    """
    evidence = Evidence(source, most_rows, limits)
    findings = _findings(evidence)
    causes = causes_of(findings, _types(evidence), source.columns)
    report = report_of(str(source.folder), findings, evidence.sample())
    return replace(report, causes=tuple(causes), altered=tuple(altered_files(source.folder)))


def _types(evidence: Evidence) -> dict[str, str]:
    """Return the archetype of each configured server, by id."""
    if not evidence.has_model():
        return {}
    return dict(evidence.fleet.select("server_id", "server_type").iter_rows())


def _findings(evidence: Evidence) -> list[Finding]:
    candidates: list[Statistic | Finding] = []
    tests = 0
    for measurement in MEASUREMENTS:
        if measurement.needs(evidence):
            found = list(measurement.find(evidence))
            candidates += found
            tests += len(found) if measurement.is_test else 0
    return judge(candidates, tests)
