"""Missing values: none where no layer takes any away, and else as many as the layers imply."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from capgen import build, check
from capgen.quality.findings import Verdict
from capgen.quality.outcome import Report
from capgen.quality.statistics import binomial_score
from capgen.storage.layout import MANIFEST
from tests.checking import check_only
from tests.conftest import deep, make_config

PANEL = {"num_servers": 12, "start_date": "2024-03-01", "end_date": "2024-03-31"}
FEW_CELLS = {"num_servers": 12, "start_date": "2024-03-01", "end_date": "2024-03-04"}
OUTAGE = {
    "random": {"down": {"type": "outage", "scope": "server", "per_year": 50, "mean_hours": 24}}
}
LIFE = {"first_day": "2024-01-01", "last_day": "2024-12-31"}
SHARES: dict[str, Any] = {"share": {"cpu": 0.2, "disk": 0.0}}
GAPS: dict[str, Any] = {"server_outages": {"per_year": 50, "mean_hours": 24}}
RETIRED: dict[str, Any] = {**LIFE, "retired_share": 1.0}
LEAVES_DISK_ALONE: dict[str, dict[str, Any]] = {
    "no layer": {},
    "all": {"missing": SHARES | GAPS, "events": OUTAGE, "server_life": RETIRED},
    "other metrics miss some": {"missing": SHARES},
    "a server is down": {"events": OUTAGE},
    "servers live for ever": {"server_life": LIFE},
    "gaps": {"missing": GAPS},
    "retired servers": {"server_life": RETIRED},
}


def failures(report: Report) -> dict[str, set[str]]:
    """Return the subjects of what failed, by rule."""
    failed = {}
    for rule in report.rules:
        if rule.verdict is Verdict.FAIL:
            wrong = {each.subject for each in rule.findings if each.verdict is Verdict.FAIL}
            failed[rule.name] = wrong
    return failed


def counted(folder: Path) -> Report:
    return check_only({"completeness", "missing_rate"}, folder)


def take_away(folder: Path, column: str, share: float) -> int:
    """Remove a share of a column's values, at least one, from the first file; return how many."""
    file = next(folder.rglob("*.parquet"))
    rows = pl.read_parquet(file, hive_partitioning=False).with_row_index("row")
    present = rows.filter(pl.col(column).is_not_null())["row"]
    gone = present.sample(max(1, round(share * present.len())), seed=1)
    kept = pl.when(~pl.col("row").is_in(gone.implode())).then(pl.col(column))
    rows.with_columns(kept.alias(column)).drop("row").write_parquet(file)
    return gone.len()


@pytest.mark.parametrize(
    "layers",
    [
        pytest.param(layers, id=name, marks=() if name in {"no layer", "all"} else deep)
        for name, layers in LEAVES_DISK_ALONE.items()
    ],
)
def test_one_value_that_no_layer_takes_away_is_missed(
    layers: dict[str, Any], tmp_path: Path
) -> None:
    build(make_config(**PANEL, layers=layers), tmp_path)
    take_away(tmp_path, "disk_p95", 0.0)
    assert failures(counted(tmp_path))["completeness"] == {"disk_p95"}


def test_values_that_no_layer_takes_away_are_counted(tmp_path: Path) -> None:
    build(make_config(**PANEL), tmp_path)
    gone = take_away(tmp_path, "mem_p95", 0.1)
    report = check(tmp_path)
    assert set(failures(report)) == {"completeness", "remade"}
    (rule,) = (rule for rule in report.rules if rule.name == "completeness")
    assert rule.worst.off == gone
    assert rule.worst.note == f"{gone} values missing that no layer takes away"


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=deep), pytest.param(2, marks=deep)])
def test_few_cells_may_miss_more_or_less_than_their_share(seed: int, tmp_path: Path) -> None:
    share = {"share": dict.fromkeys(["cpu", "mem", "disk", "net_in", "net_out"], 0.1)}
    build(make_config(**FEW_CELLS, seed=seed, layers={"missing": share}), tmp_path)
    assert failures(check(tmp_path)) == {}


def test_more_or_less_than_the_share_is_found(tmp_path: Path) -> None:
    for name, share in (("right", 0.02), ("more", 0.1), ("none", 0.0)):
        layers = {"missing": {"share": {"cpu": share}}}
        window = {"num_servers": 40, "start_date": "2024-01-01", "end_date": "2024-06-30"}
        build(make_config(**window, layers=layers), tmp_path / name)
    manifest = (tmp_path / "right" / MANIFEST).read_bytes()
    for name in ("more", "none"):
        (tmp_path / name / MANIFEST).write_bytes(manifest)
    wrong = {"cpu_p95"}
    found = {name: failures(counted(tmp_path / name)) for name in ("right", "more", "none")}
    assert found == {
        "right": {},
        "more": {"completeness": wrong, "missing_rate": wrong},
        "none": {"missing_rate": wrong},
    }


@pytest.mark.parametrize(
    ("cells", "chance"), [(1, 0.3), (12, 0.5), (48, 0.1), (200, 0.01), (30, 0.95)]
)
def test_a_binomial_is_never_further_off_than_its_tail(cells: int, chance: float) -> None:
    of_hits = [
        math.comb(cells, hits) * chance**hits * (1 - chance) ** (cells - hits)
        for hits in range(cells + 1)
    ]
    for hits in range(cells + 1):
        score = binomial_score(hits, cells, chance)
        tail = sum(of_hits[hits:] if score > 0 else of_hits[: hits + 1])
        assert score == 0 or tail <= math.erfc(abs(score) / math.sqrt(2)) / 2 * (1 + 1e-9)


def test_a_binomial_of_many_cells_is_as_far_off_as_a_normal() -> None:
    cells = 10**8
    chance = 0.01
    error = math.sqrt(cells * chance * (1 - chance))
    assert binomial_score(10**6 + 5 * round(error), cells, chance) == pytest.approx(5, abs=0.01)
    assert binomial_score(1, cells, 0.0) == math.inf
    assert binomial_score(cells - 1, cells, 1.0) == -math.inf
