"""Rules about which rows there are: how many, whose and when."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from capgen.quality.evidence.evidence import KEYS, Evidence
from capgen.quality.evidence.suspects import look_at
from capgen.quality.findings import Finding, Verdict, exact
from capgen.quality.rule import EVERY_ROW, Measurement, Rule, reads_modelled
from capgen.quality.source import Source
from capgen.words import counted

ROW_COUNT = Rule(
    "row_count",
    "There are as many rows as servers times timestamps.",
    EVERY_ROW,
    "rows",
    is_about_rows=True,
)
UNIQUE_KEYS = Rule(
    "unique_keys",
    "No server has a timestamp twice.",
    EVERY_ROW,
    "servers at fault",
    is_about_rows=True,
)
NO_GAPS = Rule(
    "no_gaps",
    "Every server has every timestamp of the calendar, and no other.",
    EVERY_ROW,
    "servers at fault",
    is_about_rows=True,
)
FLEET = Rule(
    "fleet",
    "The servers are those configured, each of its type.",
    EVERY_ROW,
    "servers at fault",
    is_about_rows=True,
)
_MOST_NAMED = 3
_REPEATED = "servers with repeated timestamps"
_GAPS = "servers with gaps"


def key_findings(evidence: Evidence) -> Iterator[Finding]:
    """Yield what is wrong with the number of rows, keys, gaps, and the fleet: one finding a rule.

    Args:
        evidence: the dataset's evidence.
    """
    source = evidence.source
    servers = evidence.servers
    timestamps = source.config.axis.span.size
    fleet = source.config.num_servers
    rows = int(servers["timestamps"].sum())
    expected = fleet * timestamps
    verdict = Verdict.PASS if rows == expected else Verdict.FAIL
    yield Finding(
        ROW_COUNT.name,
        "",
        verdict,
        counted(rows, "row"),
        counted(expected, "row"),
        rows - expected,
        0,
        "rows",
    )
    suspects = servers.filter("differs").select(
        "server_id",
        "timestamps",
        steps=pl.lit(timestamps),
        first_timestamp=pl.lit(source.described.first_timestamp),
        last_timestamp=pl.lit(source.described.last_timestamp),
    )
    yield from _timestamp_findings(source, suspects, servers.height, timestamps)
    yield _fleet_finding(evidence.fleet, servers)


def _timestamp_findings(
    source: Source, suspects: pl.DataFrame, servers: int, timestamps: int
) -> Iterator[Finding]:
    if suspects.is_empty():
        yield exact(UNIQUE_KEYS.name, 0, servers, _REPEATED)
        yield exact(NO_GAPS.name, 0, servers, _GAPS)
        return
    looked_at, rest = look_at(source, suspects)
    repeated = looked_at.filter(pl.col("repeated") > 0)
    note = "".join(
        f"{server['server_id']} has {server['first_repeated']} more than once"
        for server in repeated[:1].to_dicts()
    )
    wrong = repeated.height + rest.filter(pl.col("timestamps") >= timestamps).height
    yield exact(UNIQUE_KEYS.name, wrong, servers, _REPEATED, note)
    gaps = looked_at.filter((pl.col("missing") > 0) | (pl.col("strange") > 0))
    note = "".join(
        f"{server['server_id']} lacks {counted(server['missing'], 'timestamp')} "
        f"from {server['first_missing']} on, "
        f"and has {server['strange']} that are not on the calendar"
        for server in gaps[:1].to_dicts()
    )
    wrong = gaps.height + rest.filter(pl.col("timestamps") <= timestamps).height
    yield exact(NO_GAPS.name, wrong, servers, _GAPS, note)


def _fleet_finding(fleet: pl.DataFrame, servers: pl.DataFrame) -> Finding:
    expected = fleet.select("server_id", "server_type")
    compared = expected.join(servers, on="server_id", how="full", coalesce=True, nulls_equal=True)
    ends = (pl.col(f"server_type.{end}") for end in ("first", "last"))
    as_expected = pl.all_horizontal(pl.col("server_type").eq_missing(end) for end in ends)
    wrong = compared.filter(~as_expected).sort("server_id")
    note = "; ".join(_of_other_type(server) for server in wrong[:_MOST_NAMED].to_dicts())
    finding = exact(FLEET.name, wrong.height, compared.height, "servers", note)
    return finding.naming(servers=wrong["server_id"])


def _of_other_type(server: dict[str, str | None]) -> str:
    expected = server["server_type"] or "no such server"
    return f"{server['server_id']}: {_types(server)}, expected {expected}"


def _types(server: dict[str, str | None]) -> str:
    first = server["server_type.first"]
    last = server["server_type.last"]
    if first is None:
        return "missing"
    return first if first == last else f"{first} and {last}"


MEASUREMENT = Measurement(
    (ROW_COUNT, UNIQUE_KEYS, NO_GAPS, FLEET), key_findings, needs=reads_modelled(*KEYS)
)
