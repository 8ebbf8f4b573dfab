"""The rule `metadata`: a server's labels never change, and are among those configured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from capgen.config import Config
from capgen.quality.evidence.evidence import KEYS, Evidence
from capgen.quality.findings import Finding, exact
from capgen.quality.rule import EVERY_ROW, Measurement, Rule, reads_modelled
from capgen.words import counted

METADATA = Rule(
    "metadata",
    "Labels of a server never change, and are among those configured.",
    EVERY_ROW,
    "servers at fault",
)
COLUMNS = ("business_unit", "criticality", "region", "app_name")
_MOST_NAMED = 3


def metadata_finding(evidence: Evidence) -> Iterator[Finding]:
    """Yield how many servers have labels that change, or that are none of those configured.

    Args:
        evidence: the dataset's evidence.
    """
    servers = evidence.servers
    every = _allowed(evidence.config).items()
    allowed = {name: labels for name, labels in every if evidence.can_read([name])}
    problems: dict[str, list[str]] = {}
    for server in servers.iter_rows(named=True):
        found: list[str] = []
        for name, labels in allowed.items():
            found += _problems(name, labels, server)
        if found:
            problems[str(server["server_id"])] = found
    named = [f"{server}: {', '.join(found)}" for server, found in problems.items()]
    note = "; ".join(named[:_MOST_NAMED])
    finding = exact(METADATA.name, len(problems), servers.height, "servers", note)
    yield finding.naming(servers=problems)


def _allowed(config: Config) -> dict[str, list[str]]:
    fleet = config.fleet
    units = _drawn(fleet.business_unit)
    numbers = range(fleet.apps_per_business_unit)
    return {
        "business_unit": units,
        "criticality": _drawn(fleet.criticality),
        "region": _drawn(fleet.region),
        "app_name": [f"{unit}-app-{number}" for unit in units for number in numbers],
    }


def _drawn(weights: Mapping[str, float]) -> list[str]:
    return [label for label, weight in weights.items() if weight > 0]


def _problems(column: str, allowed: list[str], server: Mapping[str, Any]) -> Iterator[str]:
    first, last, missing = (server[f"{column}.{what}"] for what in ("first", "last", "missing"))
    if missing:
        yield f"{column} is missing in {counted(missing, 'row')}"
    if first != last:
        yield f"{column} changes between {first!r} and {last!r}"
    elif first is not None and first not in allowed:
        yield f"{column} is {first!r}, expected {_listed(allowed)}"
    elif column == "app_name" and first is not None and not _is_of_unit(first, server):
        unit = server["business_unit.first"]
        yield f"app_name is {first!r}, which is not of business unit {unit!r}"


def _is_of_unit(app: str, server: Mapping[str, Any]) -> bool:
    unit = server.get("business_unit.first")
    return unit is None or app.startswith(f"{unit}-app-")


def _listed(labels: list[str]) -> str:
    return ", ".join(labels) if len(labels) <= 2 * _MOST_NAMED else f"{labels[0]} to {labels[-1]}"


MEASUREMENT = Measurement((METADATA,), metadata_finding, needs=reads_modelled(*KEYS))
