"""The rule `remade`: proves that the data is what its manifest says, to the bit.

The statistical rules judge the generator, and would pass any good panel; this one judges the data.
It finds what they cannot: a server that has another's values, values of another seed, the truth off
by a hundredth.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from capgen.columns import SERVER_COLUMNS
from capgen.config import Config
from capgen.panel.fleet import fleet_frame
from capgen.quality.evidence.evidence import KEYS, Evidence
from capgen.quality.exact.remade.fault import Fault, gathered
from capgen.quality.exact.remade.faults import value_faults
from capgen.quality.exact.remade.fingerprints import (
    Fingerprints,
    columns_of,
    ids_to_remake,
    of_data,
    of_remade,
)
from capgen.quality.findings import Finding, Verdict, not_testable
from capgen.quality.rule import Measurement, Rule, reads_modelled
from capgen.quality.sample import some_of
from capgen.quality.source import Source
from capgen.words import counted, listed

REMADE = Rule(
    "remade",
    "The data is what its manifest says, to the bit.",
    "Whole servers are made again from the manifest's configuration, and every column is compared: "
    "all servers of a small panel, of a large one those with the smallest hashes of their ids.",
    "servers at fault",
)
_MOST_NAMED = 3
_LABELS = [name for name in SERVER_COLUMNS if name != "server_id"]


def remade_findings(evidence: Evidence) -> Iterator[Finding]:
    """Yield whether remade servers equal the data, and what is wrong with those that do not.

    Args:
        evidence: the dataset's evidence.
    """
    source = evidence.source
    good = evidence.schema.good
    if isinstance(source.origin, str):
        yield not_testable(REMADE.name, source.origin)
        return
    config = source.origin
    ids = ids_to_remake(config, evidence.most_rows)
    faults = [
        *_label_faults(config, evidence.servers, good),
        *_faults(source, config, ids, good),
    ]
    yield _summary(config, ids, faults)
    for fault in faults:
        yield Finding(
            REMADE.name,
            listed(fault.servers),
            Verdict.FAIL,
            note=fault.text,
            servers=fault.servers,
            columns=fault.columns,
        )


def _faults(
    source: Source, config: Config, ids: Sequence[str], good: frozenset[str]
) -> list[Fault]:
    columns = [name for name in columns_of(config) if name in good]
    data = of_data(source.connection, config, ids, columns)
    remade = of_remade(source.connection, config, ids, columns)
    absent = [server for server in remade if server not in data]
    there = {server: row for server, row in remade.items() if server in data}
    wrong = {
        server: [name for name in columns if row[name] != data[server][name]]
        for server, row in there.items()
    }
    owners = _owners(there, columns)

    def namesake(server: str, column: str) -> str | None:
        found = owners.get(data[server][column], [])
        others = (owner for owner in found if owner != (server, column))
        return next((_relation(owner, server, column) for owner in others), None)

    faults = [Fault(tuple(absent), (), "missing")] if absent else []
    differing = {server: names for server, names in wrong.items() if names}
    if differing:
        faults += value_faults(source.connection, config, differing, namesake)
    return faults


def _owners(remade: Fingerprints, columns: Sequence[str]) -> dict[int, list[tuple[str, str]]]:
    """Return which servers' columns have a fingerprint as remade."""
    owners: dict[int, list[tuple[str, str]]] = {}
    for server, row in remade.items():
        for name in columns:
            owners.setdefault(row[name], []).append((server, name))
    return owners


def _relation(owner: tuple[str, str], server: str, column: str) -> str:
    pairs = zip(owner, (server, column), strict=True)
    return " ".join(other for other, own in pairs if other != own)


def _label_faults(config: Config, servers: pl.DataFrame, good: frozenset[str]) -> list[Fault]:
    """Compare the labels of all servers: one row each, so that none need be left out."""
    both = fleet_frame(config).join(servers, on="server_id", maintain_order="left")
    faults = []
    for label in (name for name in _LABELS if name in good):
        ends = [pl.col(f"{label}.first"), pl.col(f"{label}.last")]
        is_right = pl.all_horizontal(each.eq_missing(pl.col(label)) for each in ends)
        for row in both.filter(~is_right | (pl.col(f"{label}.missing") > 0)).iter_rows(named=True):
            found = dict.fromkeys([row[f"{label}.first"], row[f"{label}.last"]])
            told = f"{' and '.join(map(repr, found))}, remade {row[label]!r}"
            faults.append(Fault((row["server_id"],), (label,), told))
    return gathered(faults)


def _summary(config: Config, ids: Sequence[str], faults: Sequence[Fault]) -> Finding:
    rows = len(ids) * config.axis.span.size
    wrong = len({server for fault in faults for server in fault.servers})
    named = [f"{listed(fault.servers)}: {fault.text}" for fault in faults[:_MOST_NAMED]]
    more = [f"and {len(faults) - _MOST_NAMED:,} more"] if len(faults) > _MOST_NAMED else []
    scope = f"remade {some_of(len(ids), config.num_servers, 'server')}, {counted(rows, 'row')}"
    return Finding(
        REMADE.name,
        "",
        Verdict.FAIL if faults else Verdict.PASS,
        f"{wrong:,} of {len(ids):,}",
        "0",
        wrong,
        0,
        "servers",
        "; ".join([*named, *more, scope]),
    )


MEASUREMENT = Measurement((REMADE,), remade_findings, needs=reads_modelled(*KEYS))
