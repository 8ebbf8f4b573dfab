"""`capgen check` passes good datasets, and names what is wrong with bad ones."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow.parquet
import pytest
import yaml

from capgen import Config, RequestError, build
from capgen.cli.app import main
from capgen.dataset.manifest import config_values
from capgen.errors import CapgenError
from capgen.quality.check import check
from capgen.quality.expected.clipped import MOMENTS, Limits, Part, clipped, clipped_mean
from capgen.quality.findings import Report, Verdict
from capgen.quality.statistics import FALSE_ALARMS, Statistic, judge, normal_limit
from capgen.sql import repeat_lines
from capgen.storage.layout import MANIFEST
from tests.conftest import make_config
from tests.panels import merged

RULES = [
    "schema",
    "row_count",
    "unique_keys",
    "no_gaps",
    "fleet",
    "order",
    "metadata",
    "remade",
    "calendar",
    "completeness",
    "valid_range",
    "decimals",
    "business_hours",
    "weekend",
    "eoq",
    "holiday",
    "growth",
    "spike_rate",
    "correlation",
    "level",
    "spread",
    "archetypes_differ",
    "size",
]
GPU = {
    "metrics": {"gpu": {"column": "gpu_p95", "clip": [0, 100], "response": {"weekend": 0.5}, "spike_share": 0.9}},
    "archetypes": {
        name: {"base": {"gpu": 30}, "sd": {"gpu": 8}, "correlation": {"cpu~gpu": 0.4}}
        for name in ("web", "application", "database", "batch")
    },
}
WEB_ALONE = {"archetypes": {"web": {"share": 1.0}, "application": None, "database": None, "batch": None}}
ALL_YEAR = [{"month": month, "first_day": 1, "last_day": 3, "factor": 1.5} for month in range(1, 13)]
DECEMBER = [{"month": 12, "first_day": 20, "last_day": 31, "factor": 0.2}]
YEAR = {"num_servers": 30, "start_date": "2023-03-10", "end_date": "2024-03-09"}
MONTH = {"num_servers": 20, "start_date": "2024-03-01", "end_date": "2024-03-31", "granularity": "hourly"}
WEEK = {"num_servers": 12, "start_date": "2024-05-06", "end_date": "2024-05-12", "granularity": "15min"}


def of_all(**values: Any) -> dict[str, Any]:
    """Return the same values for each archetype."""
    return dict.fromkeys(("web", "application", "database", "batch"), values)


GOOD: dict[str, dict[str, Any]] = {
    **{f"daily, seed {seed}": {**YEAR, "seed": seed} for seed in range(6)},
    **{f"hourly, seed {seed}": {**MONTH, "seed": seed} for seed in range(6)},
    **{f"15min, seed {seed}": {**WEEK, "seed": seed} for seed in range(3)},
    "every 90 minutes": {**WEEK, "granularity": "90min"},
    "every minute": {**WEEK, "granularity": "1min", "end_date": "2024-05-07", "num_servers": 5},
    "one day": {"end_date": "2022-01-01"},
    "one cell": {"end_date": "2022-01-01", "num_servers": 1},
    "one server": {**YEAR, "num_servers": 1},
    "one server, hourly": {**MONTH, "num_servers": 1},
    "one archetype": {**YEAR, **WEB_ALONE},
    "another metric": {**YEAR, **GPU},
    "another metric, hourly": {**MONTH, **GPU},
    "awkward names": {
        **MONTH,
        "metrics": {
            key: {"column": column}
            for key, column in {"cpu": "hour", "mem": "cells", "disk": "order", "net_in": "is_calm"}.items()
        },
    },
    "four decimals": {**YEAR, "decimals": 4},
    "no decimals": {**YEAR, "decimals": 0},
    "from a leap day on": {**YEAR, "start_date": "2024-02-29", "end_date": "2025-02-28"},
    "around the new year": {**MONTH, "start_date": "2023-12-15", "end_date": "2024-01-15"},
    "long ago": {**YEAR, "start_date": "1950-01-01", "end_date": "1950-12-31"},
    "growth by the month": {**YEAR, "growth": {"trend": "monthly"}},
    "growth from an origin": {**YEAR, "growth": {"trend": "monthly", "origin": "2015-01-01"}},
    "shrinking": {**YEAR, "archetypes": {"web": {"growth_percent_per_month": -5.0}}},
    "a holiday in each month": {**YEAR, "calendar": {"holiday_factors": ALL_YEAR}},
    "a quiet December": {**YEAR, "calendar": {"holiday_factors": DECEMBER}},
    "no holidays": {**YEAR, "calendar": {"holiday_factors": []}},
    "German holidays": {**YEAR, "calendar": {"holidays": {"country": "DE", "subdivision": "BY"}}},
    "a long end of quarter": {**YEAR, "calendar": {"eoq": {"window_days": 15, "peak": 1.0}}},
    "fiscal quarters": {**YEAR, "calendar": {"eoq": {"months": [1, 4, 7, 10]}}},
    "night shift": {**MONTH, "calendar": {"business_hours": {"first_hour": 0, "last_hour": 6}}},
    "no spikes": {**YEAR, "archetypes": {"web": {"spike": {"probability": 0.0}}}},
    "many spikes": {**YEAR, "archetypes": {"web": {"spike": {"probability": 0.5, "magnitude": 3.0}}}},
    "values at the clip": {
        **YEAR,
        "archetypes": of_all(base={"cpu": 98, "mem": 31}),
        "metrics": {"mem": {"clip": [30, 40]}},
    },
    "no spread": {**YEAR, "archetypes": {"web": {"sd": {"cpu": 0.0, "disk": 0.001}}}},
    "no spread, and beyond the clip": {
        **YEAR,
        "archetypes": of_all(base={"cpu": 60, "mem": 9}, sd={"cpu": 0.0, "mem": 0.0}),
        "metrics": {"cpu": {"clip": [0, 60]}, "mem": {"clip": [5, 9]}},
    },
    "a spread much wider than the clip": {**YEAR, "archetypes": {"web": {"sd": {"cpu": 1e4, "mem": 300}}}},
    "other ids": {**YEAR, "fleet": {"server_id_format": "SRV-{index:04d}", "first_index": 1}},
    "repaired correlation": {
        **YEAR,
        "repair_correlation": True,
        "archetypes": {"web": {"correlation": {"mem~disk": 0.7}}},
    },
    "a metric falls when another rises": {
        **YEAR,
        "metrics": {"net_out": {"clip": [-600, 600], "derived": {"source": "net_in", "factor": -0.6}}},
    },
}


def names(report: Report, verdict: Verdict) -> set[str]:
    return set(report.names(verdict))


def failed(folder: Path) -> set[str]:
    """Return the rules that failed but `remade`, which finds all that is changed: tests of its own say so."""
    return names(check(folder), Verdict.FAIL) - {"remade"}


@pytest.mark.parametrize("overrides", GOOD.values(), ids=GOOD)
def test_good_datasets_pass(overrides: dict[str, Any], tmp_path: Path) -> None:
    build(make_config(**overrides), tmp_path / "data", workers=1)
    report = check(tmp_path / "data")
    assert [rule.worst for rule in report.rules if rule.verdict is Verdict.FAIL] == []
    assert [rule.name for rule in report.rules] == RULES
    assert set(RULES[: RULES.index("business_hours")]) <= names(report, Verdict.PASS)


def test_there_are_many_good_datasets() -> None:
    assert len(GOOD) >= 30


# Bad datasets: a good one that has everything, with one thing made wrong.

CONFIG = make_config(
    num_servers=60,
    start_date="2023-01-01",
    end_date="2024-12-31",
    archetypes={name: {"growth_percent_per_month": 1.0} for name in ("web", "application", "database", "batch")},
    growth={"trend": "monthly"},
)
Change = Callable[[pl.DataFrame], pl.DataFrame]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("good") / "data"
    build(CONFIG, folder)
    return folder


def read(folder: Path) -> pl.DataFrame:
    return pl.read_parquet(folder / "**/*.parquet", hive_partitioning=True)


def write(frame: pl.DataFrame, folder: Path, manifest_of: Path, **options: Any) -> Path:
    """Write a panel as a dataset, under the manifest of another."""
    for (year, kind), rows in frame.partition_by("year", "server_type", as_dict=True).items():
        file = folder / f"year={year}/server_type={kind}/part-00000.parquet"
        file.parent.mkdir(parents=True)
        pyarrow.parquet.write_table(rows.drop("year", "server_type").to_arrow(), file, store_schema=False, **options)
    borrow_manifest(folder, manifest_of)
    return folder


def borrow_manifest(folder: Path, other: Path) -> None:
    (folder / MANIFEST).parent.mkdir(exist_ok=True)
    shutil.copy(other / MANIFEST, folder / MANIFEST)


def is_cell(server: str, day: str) -> pl.Expr:
    return (pl.col("server_id") == server) & (pl.col("timestamp") == pl.lit(day).str.to_datetime())


def with_cell(column: str, value: float) -> Change:
    cell = is_cell("server_007", "2024-02-03")
    return lambda panel: panel.with_columns(pl.when(cell).then(value).otherwise(pl.col(column)).alias(column))


def with_duplicate(panel: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([panel, panel.filter(is_cell("server_003", "2023-05-06"))])


def with_missing_day(panel: pl.DataFrame) -> pl.DataFrame:
    return panel.filter(~is_cell("server_003", "2023-05-06"))


def with_day_told_twice(panel: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([with_missing_day(panel), panel.filter(is_cell("server_003", "2023-05-07"))])


def with_shuffled(column: str, within: str | list[str]) -> Change:
    return lambda panel: panel.with_columns(pl.col(column).shuffle(seed=1).over(within))


def with_nulls(panel: pl.DataFrame) -> pl.DataFrame:
    gap = pl.Series(np.random.Generator(np.random.PCG64(1)).random(panel.height) < 0.06)
    return panel.with_columns(pl.when(gap).then(None).otherwise(pl.col("mem_p95")).alias("mem_p95"))


def with_types_swapped(panel: pl.DataFrame) -> pl.DataFrame:
    return panel.with_columns(pl.col("server_type").replace({"web": "database", "database": "web"}))


def without_server(panel: pl.DataFrame) -> pl.DataFrame:
    return panel.filter(pl.col("server_id") != "server_003")


CHANGES: dict[str, tuple[Change, set[str]]] = {
    "nothing": (lambda panel: panel, set()),
    "duplicate key": (with_duplicate, {"row_count", "unique_keys", "order"}),
    "missing day": (with_missing_day, {"row_count", "no_gaps"}),
    "a day in place of another": (with_day_told_twice, {"unique_keys", "no_gaps", "order"}),
    "missing server": (without_server, {"row_count", "fleet"}),
    "above 100": (with_cell("cpu_p95", 100.01), {"valid_range"}),
    "below 0": (with_cell("disk_p95", -0.01), {"valid_range"}),
    "NaN": (with_cell("mem_p95", math.nan), {"valid_range"}),
    "infinite": (with_cell("net_in_p95", math.inf), {"valid_range"}),
    "6 % nulls": (with_nulls, {"completeness"}),
    "wrong flag": (with_cell("is_holiday", 1), {"calendar"}),
    "wrong year": (lambda panel: panel.with_columns(pl.col("year") + 1), {"calendar"}),
    "a metric shuffled among servers": (
        with_shuffled("mem_p95", ["server_type", "timestamp"]),
        {"correlation"},
    ),
    "a derived metric shuffled among servers": (
        with_shuffled("net_out_p95", ["server_type", "timestamp"]),
        {"correlation"},
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_fails_its_rules_and_no_others(name: str, good: Path, tmp_path: Path) -> None:
    change, expected = CHANGES[name]
    panel = read(good)
    changed = change(panel).cast({"is_holiday": pl.Int8})
    assert failed(write(changed, tmp_path / "data", good)) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(with_shuffled("server_type", "timestamp"), {"fleet", "level", "spread"}, id="type shuffled"),
        pytest.param(with_types_swapped, {"fleet", "level"}, id="types swapped"),
        pytest.param(with_shuffled("cpu_p95", "server_id"), {"correlation", "weekend"}, id="metric shuffled in time"),
        pytest.param(with_shuffled("timestamp", "server_id"), {"calendar", "weekend"}, id="timestamps shuffled"),
    ],
)
def test_a_change_fails_its_rules_among_others(change: Change, expected: set[str], good: Path, tmp_path: Path) -> None:
    assert failed(write(change(read(good)), tmp_path / "data", good)) >= expected


def test_values_of_two_archetypes_swapped(good: Path, tmp_path: Path) -> None:
    values = {name: CONFIG.archetypes[name].model_dump(exclude={"share"}) for name in ("web", "database")}
    rebuild_as(tmp_path / "data", good, {"archetypes": {"web": values["database"], "database": values["web"]}})
    assert "fleet" not in failed(tmp_path / "data")
    assert failed(tmp_path / "data") >= {"level", "spread", "weekend"}


def test_archetypes_that_do_not_differ(good: Path, tmp_path: Path) -> None:
    alike = CONFIG.archetypes["web"].model_dump(exclude={"share"})
    rebuild_as(tmp_path / "data", good, {"archetypes": dict.fromkeys(["application", "database"], alike)})
    assert "archetypes_differ" in failed(tmp_path / "data")


NEUTRAL: dict[str, dict[str, Any]] = {
    "eoq": {"calendar": {"eoq": {"peak": 0.0}}},
    "holiday": {"calendar": {"holiday_factors": []}},
    "weekend": {"archetypes": {name: {"weekend_factor": 1.0} for name in CONFIG.archetypes}},
    "growth": {"archetypes": {name: {"growth_percent_per_month": 0.0} for name in CONFIG.archetypes}},
    "spike_rate": {"archetypes": {name: {"spike": {"probability": 0.0}} for name in CONFIG.archetypes}},
    "correlation": {"archetypes": {name: {"correlation": {"cpu~net_in": 0.0}} for name in CONFIG.archetypes}},
}


def rebuild_as(folder: Path, other: Path, overrides: dict[str, Any]) -> None:
    """Build from a changed configuration, under the manifest of the unchanged one."""
    build(make_config(**merged(config_values(CONFIG), overrides)), folder)
    borrow_manifest(folder, other)


@pytest.mark.parametrize("rule", NEUTRAL)
def test_an_effect_that_is_missing_is_found(rule: str, good: Path, tmp_path: Path) -> None:
    rebuild_as(tmp_path / "data", good, NEUTRAL[rule])
    report = check(tmp_path / "data")
    assert rule in names(report, Verdict.FAIL)
    structure = {"schema", "row_count", "unique_keys", "no_gaps", "fleet", "calendar", "completeness", "valid_range"}
    assert structure <= names(report, Verdict.PASS)


def test_an_effect_that_is_missing_in_one_archetype_is_found(good: Path, tmp_path: Path) -> None:
    rebuild_as(tmp_path / "data", good, {"archetypes": {"database": {"weekend_factor": 1.0}}})
    (rule,) = (rule for rule in check(tmp_path / "data").rules if rule.name == "weekend")
    wrong = {finding.subject for finding in rule.findings if finding.verdict is Verdict.FAIL}
    assert {subject.split()[0].strip(",") for subject in wrong} == {"database", "all"}
    (pooled,) = (finding for finding in rule.findings if finding.subject == "database, all metrics")
    assert pooled.measured == pytest.approx(0, abs=0.1)


def test_missing_business_hours_are_found(tmp_path: Path) -> None:
    for name, hours in (("good", {}), ("bad", {"first_hour": 10, "last_hour": 10})):
        build(make_config(**MONTH, calendar={"business_hours": hours}), tmp_path / name)
    borrow_manifest(tmp_path / "bad", tmp_path / "good")
    assert failed(tmp_path / "good") == set()
    assert "business_hours" in failed(tmp_path / "bad")


@pytest.mark.parametrize(
    ("column", "kind", "still_judged"),
    [
        pytest.param("cpu_p95", pl.Float32(), "level", id="float32"),
        pytest.param("cpu_p95", pl.String(), "level", id="text"),
        pytest.param("month", pl.Int64(), "level", id="wide flag"),
        pytest.param("timestamp", pl.Datetime("us", "UTC"), "schema", id="zone"),
    ],
)
def test_wrong_types(column: str, kind: pl.DataType, still_judged: str, good: Path, tmp_path: Path) -> None:
    report = check(write(read(good).with_columns(pl.col(column).cast(kind)), tmp_path / "data", good))
    assert names(report, Verdict.FAIL) == {"schema"}
    assert still_judged in [rule.name for rule in report.rules]
    assert f"{column}: " in report.rules[0].worst.note
    assert not any(column in finding.subject for rule in report.rules for finding in rule.findings)


def test_a_wrong_type_in_one_file_of_many(good: Path, tmp_path: Path) -> None:
    folder = write(read(good), tmp_path / "data", good)
    file = folder / "year=2024/server_type=web/part-00000.parquet"
    pl.read_parquet(file, hive_partitioning=False).cast({"mem_p95": pl.Float32}).write_parquet(file)
    report = check(folder)
    assert names(report, Verdict.FAIL) == {"schema"}
    assert report.rules[0].worst.measured == "1 of 8"


def test_columns_out_of_order_or_too_many(good: Path, tmp_path: Path) -> None:
    panel = read(good)
    assert failed(write(panel.select(sorted(panel.columns)), tmp_path / "order", good)) == {"schema"}
    assert failed(write(panel.with_columns(more=1), tmp_path / "more", good)) == {"schema"}
    assert failed(write(panel.drop("region"), tmp_path / "less", good)) == {"schema"}


def test_folders_that_are_no_years(good: Path, tmp_path: Path) -> None:
    folder = write(read(good).with_columns(year=pl.lit("then")), tmp_path / "data", good)
    report = check(folder)
    assert names(report, Verdict.FAIL) == {"schema"}
    assert "outside folders of year and server_type, such as year=then/" in report.rules[0].worst.note


def test_a_stray_file(good: Path, tmp_path: Path) -> None:
    folder = write(read(good), tmp_path / "data", good)
    shutil.copy(next(folder.rglob("*.parquet")), folder / "stray.parquet")
    assert failed(folder) == {"schema"}
    for each in folder.glob("year=*"):
        shutil.rmtree(each)
    assert [rule.name for rule in check(folder).rules] == ["schema"]
    assert failed(folder) == {"schema"}


def test_size(tmp_path: Path) -> None:
    build(make_config(num_servers=120, end_date="2024-06-30"), tmp_path / "good")
    plain = {"compression": "none", "use_dictionary": False}
    write(read(tmp_path / "good"), tmp_path / "bad", tmp_path / "good", **plain)
    (good,) = (rule for rule in check(tmp_path / "good").rules if rule.name == "size")
    assert good.verdict is Verdict.PASS
    assert 5 < good.worst.details["csv_bytes"] / good.worst.details["bytes"] < 10
    assert good.worst.details["csv_bytes"] == pytest.approx(csv_bytes(tmp_path / "good"), rel=0.02)
    assert failed(tmp_path / "bad") == {"size"}


def csv_bytes(folder: Path) -> int:
    return len(read(folder).with_columns(pl.col("timestamp").dt.to_string("%Y-%m-%d %H:%M:%S")).write_csv())


def test_what_the_window_lacks_is_not_testable(tmp_path: Path) -> None:
    build(make_config(num_servers=60, start_date="2024-01-08", end_date="2024-01-12"), tmp_path / "data")
    report = check(tmp_path / "data")
    assert report.passed
    assert names(report, Verdict.NOT_TESTABLE) >= {"weekend", "eoq", "holiday", "business_hours", "growth", "size"}
    assert "level" in names(report, Verdict.PASS)
    why = {rule.name: rule.worst.note for rule in report.rules}
    assert "no weekend" in why["weekend"]
    assert "no end of quarter" in why["eoq"]
    assert "no holiday" in why["holiday"]


@pytest.mark.parametrize(
    ("window", "effect"),
    [
        (("2024-01-08", "2024-01-14"), "weekend"),
        (("2024-03-25", "2024-03-29"), "eoq"),
        (("2024-11-25", "2024-11-29"), "holiday"),
    ],
)
def test_what_the_window_has_is_tested(window: tuple[str, str], effect: str, tmp_path: Path) -> None:
    build(make_config(num_servers=500, start_date=window[0], end_date=window[1]), tmp_path / "data")
    assert effect in names(check(tmp_path / "data"), Verdict.PASS)


def test_one_archetype_differs_from_no_other(tmp_path: Path) -> None:
    build(make_config(**YEAR, **WEB_ALONE), tmp_path / "data")
    assert "archetypes_differ" in names(check(tmp_path / "data"), Verdict.NOT_TESTABLE)


# The command.


def test_the_command_prints_a_line_a_rule(good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(good)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[1 : 1 + len(RULES)]] == RULES
    assert lines[-1].startswith(f"{good}: {len(RULES)} rules: ")


def test_the_command_as_json(good: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(good), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["passed"], [rule["rule"] for rule in said["rules"]]) == (True, RULES)
    (correlation,) = (rule for rule in said["rules"] if rule["rule"] == "correlation")
    findings = {finding["subject"]: finding for finding in correlation["findings"]}
    web = findings["web cpu_p95~net_in_p95"]
    assert web["expected"] == 0.8
    assert web["measured"] == pytest.approx(0.8, abs=0.05)
    assert set(web["details"]) == {"cells", "bias", "raw"}
    bad = write(with_duplicate(read(good)), tmp_path / "data", good)
    assert main(["check", str(bad), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["passed"] is False


def test_the_expectation_may_come_from_a_file(good: Path, tmp_path: Path) -> None:
    file = tmp_path / "expected.yaml"
    file.write_text(yaml.safe_dump(config_values(CONFIG)), encoding="utf-8")
    bare = tmp_path / "bare"
    shutil.copytree(good, bare, ignore=shutil.ignore_patterns("_capgen"))
    assert main(["check", str(bare), "--config", str(file)]) == 0
    file.write_text(yaml.safe_dump(merged(config_values(CONFIG), {"num_servers": 61})), encoding="utf-8")
    assert main(["check", str(bare), "--config", str(file)]) == 1


@pytest.fixture
def wrong_requests(good: Path, tmp_path: Path) -> dict[str, list[str]]:
    (tmp_path / "empty").mkdir()
    shutil.copytree(good, tmp_path / "bare", ignore=shutil.ignore_patterns("_capgen"))
    return {
        "no such folder": [str(tmp_path / "nowhere")],
        "no Parquet file": [str(tmp_path / "empty")],
        "--config FILE": [str(tmp_path / "bare")],
        "nothing.yaml": [str(good), "--config", str(tmp_path / "nothing.yaml")],
    }


def test_wrong_requests(wrong_requests: dict[str, list[str]], capsys: pytest.CaptureFixture[str]) -> None:
    for said, arguments in wrong_requests.items():
        assert main(["check", *arguments]) == 2
        output, error = capsys.readouterr()
        assert output == ""
        assert said in error
        assert error.count("\n") == 1


def test_a_damaged_file_is_no_wrong_request(good: Path, tmp_path: Path) -> None:
    folder = write(read(good), tmp_path / "data", good)
    file = next(folder.rglob("*.parquet"))
    file.write_bytes(file.read_bytes()[:1000])
    with pytest.raises(CapgenError, match="Parquet files that DuckDB can read") as error:
        check(folder)
    assert not isinstance(error.value, RequestError)


# The arithmetic, from another route.


@pytest.mark.parametrize(
    ("mean", "parts", "clip"),
    [
        pytest.param(50.0, (Part(1.0, 1.0, 10.0),), (-1e9, 1e9), id="normal"),
        pytest.param(10.0, (Part(1.0, 1.0, 15.0),), (0.0, 100.0), id="clipped"),
        pytest.param(60.0, (Part(0.9, 1.0, 15.0), Part(0.1, 1.8, 27.0)), (0.0, 100.0), id="spiked and clipped"),
        pytest.param(-5.0, (Part(0.7, 1.0, 5.0), Part(0.3, 0.5, 2.5)), (0.0, 100.0), id="mostly below"),
    ],
)
def test_moments_of_clipped_mixtures(mean: float, parts: tuple[Part, ...], clip: tuple[float, float]) -> None:
    limits = Limits(*clip, 1e-6)
    found = clipped(np.array([mean]), parts, limits)
    z = np.linspace(-12, 12, 400_001)
    chance = np.exp(-(z**2) / 2) / np.exp(-(z**2) / 2).sum()
    values = [np.clip(part.scale * mean + part.sd * z, *clip) for part in parts]
    expected = sum(part.chance * (chance @ each) for part, each in zip(parts, values, strict=True))
    assert found.mean[0] == pytest.approx(expected, rel=1e-6)
    assert clipped_mean(np.array([mean]), parts, limits)[0] == pytest.approx(expected, rel=1e-6)
    for order in range(2, MOMENTS + 1):
        moment = sum(
            part.chance * (chance @ (each - expected) ** order) for part, each in zip(parts, values, strict=True)
        )
        scale = found.variance[0] ** (order / 2)
        assert found.central[order, 0] / scale == pytest.approx(moment / scale, rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("sd", [0.5, 1.0, 5.0])
@pytest.mark.parametrize("mean", [0.0, 0.3, 50.0, 99.9])
def test_rounding_moves_the_moments(mean: float, sd: float) -> None:
    limits = Limits(0.0, 100.0, 1.0)
    found = clipped(np.array([mean]), (Part(1.0, 1.0, sd),), limits)
    above = [math.erfc((k - 0.5 - mean) / sd / math.sqrt(2)) / 2 for k in range(1, 101)]  # P(rounded value ≥ k)
    expected = sum(above)
    variance = sum((2 * k - 1) * each for k, each in enumerate(above, 1)) - expected**2
    assert found.mean[0] == pytest.approx(expected, abs=found.rounding[0] + 1e-4 / sd**5)
    assert found.variance[0] == pytest.approx(variance, rel=1e-4 + 0.02 / sd**3)


def test_limits_grow_with_the_number_of_tests() -> None:
    assert normal_limit(1) == pytest.approx(3.2905, abs=1e-3)  # two-sided 1 in 1,000
    assert normal_limit(200) > normal_limit(20) > normal_limit(1)
    assert math.erfc(normal_limit(200) / math.sqrt(2)) * 200 == pytest.approx(FALSE_ALARMS, rel=1e-6)


def test_judging() -> None:
    def verdict(off: float, **more: Any) -> Verdict:
        return judge([Statistic("rule", "subject", 1.0, 1.0, off, **more)])[0].verdict

    assert verdict(3.2) is verdict(-3.2) is Verdict.PASS
    assert verdict(3.4) is verdict(-3.4) is verdict(math.inf) is Verdict.FAIL
    assert verdict(3.4, skewness=0.2) is Verdict.PASS
    assert verdict(9.0, skewness=2.0) is Verdict.NOT_TESTABLE
    assert verdict(9.0, reach=4.0) is Verdict.NOT_TESTABLE
    assert verdict(9.0, reach=6.0) is Verdict.FAIL


def test_lines_of_a_query_are_repeated() -> None:
    text = "select\n    sum({column}),\n    corr({left}, {right}),\n    x"
    names = [{"column": "a"}, {"column": "b"}, {"left": "a", "right": "b"}]
    assert repeat_lines(text, names) == "select\n    sum(a),\n    sum(b),\n    corr(a, b),\n    x"
    with pytest.raises(ValueError, match="plain"):
        repeat_lines(text, [{"column": 'a" from b; --'}])


def test_the_configuration_of_the_bad_datasets_is_checked_against_itself(good: Path) -> None:
    report = check(good)
    assert report.passed
    assert names(report, Verdict.NOT_TESTABLE) == {"business_hours", "size"}
    assert isinstance(CONFIG, Config)
