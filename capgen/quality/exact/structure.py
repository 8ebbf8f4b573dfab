"""Exact rules about the shape of a dataset: schema, servers, timestamps."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from capgen import sql
from capgen.columns import SERVER_COLUMNS
from capgen.dataset.data_files import literal
from capgen.panel.fleet import fleet_frame
from capgen.panel.schema import panel_schema
from capgen.quality.findings import Finding, Verdict, exact
from capgen.quality.source import Source
from capgen.storage.layout import PARTITION_KEYS

_TYPE_NAMES = {
    pl.Datetime("us"): "TIMESTAMP",
    pl.String(): "VARCHAR",
    pl.Float64(): "DOUBLE",
    pl.Int64(): "BIGINT",
    pl.Int8(): "TINYINT",
}
_MOST_SUSPECT_CELLS = 4_000_000  # some 300 MB while they are looked at
_MOST_NAMED = 3
_STRAY = f"files lie outside folders of {' and '.join(PARTITION_KEYS)}"


def check_schema(source: Source) -> tuple[Finding, frozenset[str]]:
    """Compare the columns of every file with the data contract.

    Args:
        source: an open dataset.

    Returns:
        The finding, and the columns that are as expected in every file, partition keys included.
    """
    if not source.files:
        return exact("schema", len(source.strays), len(source.strays), "files", _stray_note(source)), frozenset()
    names = {name: _TYPE_NAMES[kind] for name, kind in panel_schema(source.config).items()}
    in_files = {name: kind for name, kind in names.items() if name not in PARTITION_KEYS}
    problems = [_stray_note(source)] if source.strays else []
    bad: set[str] = set()
    wrong = 0
    schemas = sql.run_query(source.connection, "checks/schema", {"files": literal(source.files)})
    for columns, types, files, first_file in schemas.iter_rows():
        found = dict(zip(columns, types, strict=True))
        differences = list(_differences(in_files, found))
        if differences:
            wrong += files
            problems.append(f"{', '.join(differences)} in {first_file}")
        bad |= {name for name, kind in in_files.items() if found.get(name) != kind}
    count = len(source.files) + len(source.strays)
    note = "; ".join(problems[:_MOST_NAMED])
    return exact("schema", wrong + len(source.strays), count, "files", note), frozenset(set(names) - bad)


def _stray_note(source: Source) -> str:
    return f"{_STRAY}, such as {source.strays[0].relative_to(source.folder)}"


def _differences(expected: dict[str, str], found: dict[str, str]) -> Iterator[str]:
    for name, kind in expected.items():
        if found.get(name) != kind:
            yield f"{name}: {found.get(name, 'missing')}, expected {kind}"
    yield from (f"{name}: not expected" for name in found if name not in expected)
    if set(found) == set(expected) and list(found) != list(expected):
        yield f"order {', '.join(found)}"


def count_servers(source: Source, good: frozenset[str]) -> pl.DataFrame:
    """Return what each server has, one row each.

    Args:
        source: an open dataset.
        good: columns that can be read.

    Returns:
        As `sql/checks/servers.sql` says.
    """
    labels = [{"label": name} for name in SERVER_COLUMNS if name in good and name != "server_id"]
    return sql.run_query(source.connection, "checks/servers", source.calendar_parameters(), labels)


def check_keys(source: Source, servers: pl.DataFrame) -> Iterator[Finding]:
    """Check the number of rows, unique keys, gaps, and the fleet.

    Args:
        source: an open dataset.
        servers: from `count_servers`.

    Yields:
        One finding a rule.
    """
    timestamps, fleet = source.config.axis.span.size, source.config.num_servers
    rows, expected = int(servers["timestamps"].sum()), fleet * timestamps
    verdict = Verdict.PASS if rows == expected else Verdict.FAIL
    yield Finding("row_count", "", verdict, f"{rows:,} rows", f"{expected:,} rows", rows - expected, 0, "rows")
    suspects = servers.filter("differs").select("server_id", "timestamps")
    yield from _timestamp_findings(source, suspects, servers.height, timestamps)
    yield _fleet_finding(source, servers)


def _timestamp_findings(source: Source, suspects: pl.DataFrame, servers: int, timestamps: int) -> Iterator[Finding]:
    looked_at = _look_at(source, suspects, timestamps)
    rest = suspects[looked_at.height :]
    repeated = looked_at.filter(pl.col("repeated") > 0)
    note = "".join(
        f"{each['server_id']} has {each['first_repeated']} more than once" for each in repeated[:1].to_dicts()
    )
    wrong = repeated.height + rest.filter(pl.col("timestamps") >= timestamps).height
    yield exact("unique_keys", wrong, servers, "servers with repeated timestamps", note)
    gaps = looked_at.filter((pl.col("missing") > 0) | (pl.col("strange") > 0))
    note = "".join(
        f"{each['server_id']} lacks {each['missing']} timestamps from {each['first_missing']} on, "
        f"and has {each['strange']} that are not on the calendar"
        for each in gaps[:1].to_dicts()
    )
    wrong = gaps.height + rest.filter(pl.col("timestamps") <= timestamps).height
    yield exact("no_gaps", wrong, servers, "servers with gaps", note)


def _look_at(source: Source, suspects: pl.DataFrame, timestamps: int) -> pl.DataFrame:
    """Return what is wrong with the first suspects: as many as memory allows; counts must do for the rest."""
    cells = suspects["timestamps"].cast(pl.Int64).cum_sum() + timestamps * pl.int_range(
        1, suspects.height + 1, eager=True
    )
    first = suspects.filter((cells <= _MOST_SUSPECT_CELLS) | (pl.int_range(pl.len()) == 0))
    source.connection.register("suspects", first.select("server_id"))
    return sql.run_query(source.connection, "checks/timestamps", source.calendar_parameters())


def _fleet_finding(source: Source, servers: pl.DataFrame) -> Finding:
    fleet = fleet_frame(source.config).select("server_id", "server_type")
    compared = fleet.join(servers, on="server_id", how="full", coalesce=True, nulls_equal=True)
    ends = (pl.col(f"server_type.{end}") for end in ("first", "last"))
    as_expected = pl.all_horizontal(pl.col("server_type").eq_missing(end) for end in ends)
    wrong = compared.filter(~as_expected).sort("server_id")
    note = "; ".join(
        f"{each['server_id']}: {_types(each)}, expected {each['server_type'] or 'no such server'}"
        for each in wrong[:_MOST_NAMED].to_dicts()
    )
    return exact("fleet", wrong.height, compared.height, "servers", note).naming(servers=wrong["server_id"])


def _types(server: dict[str, str | None]) -> str:
    first = server["server_type.first"]
    last = server["server_type.last"]
    return "missing" if first is None else first if first == last else f"{first} and {last}"
