"""Rules of a check stand in one list, each with what measures it; nothing else need know them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from capgen import build
from capgen.quality.check import check
from capgen.quality.closed_form import level
from capgen.quality.evidence.evidence import Evidence
from capgen.quality.exact import keys
from capgen.quality.findings import Finding, Verdict, exact
from capgen.quality.outcome import Report
from capgen.quality.rule import Measurement, Rule, reads
from capgen.quality.rules import MEASUREMENTS, RULES
from capgen.quality.source import open_source
from tests.conftest import make_config
from tests.everything import EVERYTHING, WITH_DYNAMICS
from tests.panels import merged

WINDOW = {"num_servers": 6, "start_date": "2023-12-26", "end_date": "2024-01-04"}
TWO_KINDS = {
    "archetypes": {
        "web": {"share": 0.5},
        "application": {"share": 0.5},
        "database": None,
        "batch": None,
    }
}
EVEN = Rule("even", "There is an even number of servers.", "Servers are counted.", "servers")


def test_each_rule_has_a_name_of_its_own() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("panel", [EVERYTHING, WITH_DYNAMICS], ids=["closed form", "twin"])
def test_a_measurement_speaks_of_its_own_rules(panel: dict[str, Any], tmp_path: Path) -> None:
    build(make_config(**merged({**panel, **WINDOW}, TWO_KINDS)), tmp_path / "data")
    with open_source(tmp_path / "data", None) as source:
        evidence = Evidence(source, None)
        for measurement in MEASUREMENTS:
            if measurement.needs(evidence):
                found = {each.rule for each in measurement.find(evidence)}
                assert found <= {rule.name for rule in measurement.rules}


def even_finding(evidence: Evidence) -> Iterator[Finding]:
    servers = evidence.servers.height
    yield exact(EVEN.name, servers % 2, servers, "servers")


def limits(report: Report) -> set[float]:
    findings = (each for rule in report.rules for each in rule.findings)
    return {each.limit for each in findings if each.rule == "level" and each.limit is not None}


def test_one_line_of_the_list_is_a_rule_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rule that is a test takes part of the chance of a false alarm, and widens other limits."""
    build(make_config(num_servers=9, end_date="2022-01-31"), tmp_path / "data")

    def checked(*more: Measurement) -> Report:
        looks = (keys.MEASUREMENT, level.MEASUREMENT, *more)
        monkeypatch.setattr("capgen.quality.check.MEASUREMENTS", looks)
        return check(tmp_path / "data")

    even = Measurement((EVEN,), even_finding, needs=reads("server_id"))
    before = checked()
    by_itself = checked(even)
    as_a_test = checked(replace(even, is_test=True))
    for after in (by_itself, as_a_test):
        assert [rule.name for rule in after.rules] == [
            *(rule.name for rule in before.rules),
            "even",
        ]
        assert after.rules[-1].verdict is Verdict.FAIL
    assert min(limits(before)) > 0
    assert limits(by_itself) == limits(before)
    assert min(limits(as_a_test)) > min(limits(before))
