"""The rule `decimals`: values of the configured decimals pass whatever their size; others fail."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from capgen.quality.counted.decimals import decimals_finding
from capgen.quality.evidence.evidence import Evidence
from capgen.quality.findings import Finding, Verdict
from capgen.quality.source import open_source
from tests.conftest import make_config
from tests.data_faults import built, each, of, read, write

SMALL = {"num_servers": 3, "end_date": "2022-01-20"}


def found(folder: Path) -> Finding:
    with open_source(folder, None) as source:
        (finding,) = decimals_finding(Evidence(source, None))
        return finding


@pytest.mark.parametrize("decimals", [0, 2, 6, 12])
def test_good_values_pass(decimals: int, tmp_path: Path) -> None:
    large: dict[str, Any] = {"metrics": {"net_in": {"clip": [0, 1e9]}}, "decimals": decimals}
    assert found(built(make_config(**SMALL, **large), tmp_path / "data")).verdict is Verdict.PASS


def test_longer_values_are_counted_by_column(tmp_path: Path) -> None:
    good = built(make_config(**SMALL), tmp_path / "good")
    panel = each(of("server_001"), ["mem_p95"], lambda column: column + 0.001)(read(good))
    finding = found(write(panel, tmp_path / "data", good))
    assert finding.verdict is Verdict.FAIL
    assert (finding.columns, finding.note) == (("mem_p95",), "mem_p95: 20")
