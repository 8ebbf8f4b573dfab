"""Planned changes: a new normal of some servers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from capgen import build, scan
from capgen.config import Config, load_config
from capgen.errors import ConfigError
from tests.checking import check_only
from tests.conftest import make_config

CAMPAIGN = {
    "where": {"business_unit": ["Retail", "IT"]},
    "start": "2024-07-01",
    "end": "2024-10-01",
    "ramp_days": 4,
    "factor": {"cpu": 1.3, "net_in": 0.5},
}
WINDOW = {"num_servers": 16, "start_date": "2024-06-25", "end_date": "2024-10-10", "truth": True}


def with_changes(**changes: Any) -> Config:
    return make_config(**WINDOW, layers={"changes": changes})


def expected_ratios(changed: Config) -> pl.DataFrame:
    """Return what changes multiply the expected values of each cell by."""
    plain = changed.model_copy(
        update={"layers": changed.layers.model_copy(update={"changes": None})}
    )
    keys = ["server_id", "timestamp"]
    columns = [
        *keys,
        "business_unit",
        *(f"{name}_expected" for name in ("cpu_p95", "mem_p95", "net_in_p95")),
    ]
    before, after = (
        scan(config).select(columns).sort(keys).collect() for config in (plain, changed)
    )
    ratios = [(after[name] / before[name]).round(9) for name in columns[3:]]
    return after.select(columns[:3]).with_columns(ratios)


def test_those_that_take_part_have_a_new_normal_while_it_lasts() -> None:
    ratios = expected_ratios(with_changes(campaign=CAMPAIGN))
    units = CAMPAIGN["where"]["business_unit"]  # type: ignore[index]
    takes_part = pl.col("business_unit").is_in(units)
    lasts = pl.col("timestamp").is_between(pl.datetime(2024, 7, 4), pl.datetime(2024, 9, 30))
    inside = ratios.filter(takes_part & lasts)
    assert inside.height > 500
    assert inside["cpu_p95_expected"].unique().to_list() == [1.3]
    assert inside["net_in_p95_expected"].unique().to_list() == [0.5]
    assert ratios["mem_p95_expected"].unique().to_list() == [1.0]
    others = ratios.filter(~takes_part | (pl.col("timestamp") < pl.datetime(2024, 7, 1)))
    assert others["cpu_p95_expected"].unique().to_list() == [1.0]
    after = ratios.filter(takes_part & (pl.col("timestamp") >= pl.datetime(2024, 10, 1)))
    assert after["cpu_p95_expected"].unique().to_list() == [1.0]


def test_a_ramp_climbs_by_equal_parts_a_day() -> None:
    ratios = expected_ratios(with_changes(campaign=CAMPAIGN)).filter(business_unit="Retail")
    first_server = ratios.filter(pl.col("server_id") == ratios["server_id"][0])
    days = first_server.filter(
        pl.col("timestamp").is_between(pl.datetime(2024, 6, 30), pl.datetime(2024, 7, 5))
    )
    assert days["cpu_p95_expected"].to_list() == [1.0, 1.075, 1.15, 1.225, 1.3, 1.3]


def test_changes_multiply_and_nothing_else_is_drawn_anew() -> None:
    later = {"start": "2024-08-01", "factor": {"cpu": 1.1}}
    both = expected_ratios(with_changes(campaign=CAMPAIGN, later=later)).filter(
        business_unit="Retail"
    )
    august = both.filter(pl.col("timestamp") == pl.datetime(2024, 8, 15))
    assert august["cpu_p95_expected"].unique().to_list() == [1.43]
    changed = with_changes(campaign=CAMPAIGN)
    plain = make_config(**WINDOW)
    untouched = ["server_id", "timestamp", "mem_p95", "disk_p95", "is_spike"]
    first, second = (
        scan(config).select(untouched).sort("server_id", "timestamp").collect()
        for config in (plain, changed)
    )
    assert_frame_equal(first, second, check_exact=True)


def test_the_check_measures_it(tmp_path: Path) -> None:
    changed = with_changes(campaign=CAMPAIGN)
    config_file = tmp_path / "expected.yaml"
    config_file.write_text(changed.model_dump_json(exclude_none=True), encoding="utf-8")
    build(changed, tmp_path / "with")
    build(make_config(**WINDOW), tmp_path / "without")
    for name, verdict in (("with", "pass"), ("without", "fail")):
        rules = check_only({"changes"}, tmp_path / name, config_file).rules
        assert verdict in {each.verdict.value for each in rules if each.name == "changes"}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"factor": {"gpu": 2}}, "factor: expected one of cpu, mem, disk, net_in, got 'gpu'"),
        ({"where": {"region": "Mars"}}, "where.region: expected one of"),
        ({"end": "2024-07-01"}, "expected start before end"),
        ({"factor": {}}, "factor"),
    ],
)
def test_what_cannot_be_is_refused(change: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(
            environment={}, overrides={"layers": {"changes": {"campaign": CAMPAIGN | change}}}
        )
    assert problem in str(caught.value)


@pytest.mark.parametrize(
    "change",
    [
        {"start": "2025-07-01", "end": "2025-08-01"},
        {"where": {"server": "server_000", "server_type": "batch"}},
    ],
)
def test_a_build_refuses_what_would_not_show(change: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"layers\.changes\.campaign"):
        build(with_changes(campaign=CAMPAIGN | change), tmp_path / "data")
    assert not (tmp_path / "data").exists()
