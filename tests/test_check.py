"""`capgen check` names what is wrong with a bad dataset: a good one with one thing made wrong."""

from __future__ import annotations

import math
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from capgen import RequestError, build
from capgen.dataset.config_values import config_values
from capgen.errors import CapgenError
from capgen.quality.check import check
from capgen.quality.evidence.evidence import Evidence
from capgen.quality.exact.size import size_finding
from capgen.quality.findings import Finding, Verdict
from capgen.quality.outcome import Report
from capgen.quality.source import open_source
from tests.checking import check_but_remade
from tests.conftest import deep, make_config
from tests.data_faults import Change, borrow_manifest, names_of, read, write
from tests.panels import merged, of_all

CONFIG = make_config(
    num_servers=30,
    start_date="2023-05-01",
    end_date="2024-08-31",
    archetypes=of_all(growth_percent_per_month=1.0),
    growth={"trend": "monthly"},
)
STRUCTURE = {
    *("schema", "row_count", "unique_keys", "no_gaps", "fleet"),
    *("calendar", "completeness", "valid_range"),
}


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("good") / "data"
    build(CONFIG, folder, workers=1)
    return folder


def failed(folder: Path) -> set[str]:
    """Return the rules that failed, of all but `remade`."""
    return names_of(check_but_remade(folder), Verdict.FAIL)


def test_the_good_dataset_is_good(good: Path) -> None:
    report = check(good)
    assert report.passed
    assert names_of(report, Verdict.NOT_TESTABLE) == {"business_hours", "size"}


# One thing made wrong.


def is_cell(server: str, day: str) -> pl.Expr:
    return (pl.col("server_id") == server) & (pl.col("timestamp") == pl.lit(day).str.to_datetime())


def with_cells(**values: float) -> Change:
    cell = is_cell("server_007", "2024-02-03")
    new = {
        name: pl.when(cell).then(value).otherwise(pl.col(name)) for name, value in values.items()
    }
    return lambda panel: panel.with_columns(**new)


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
    return panel.filter(pl.col("server_id") != "server_011")


OF_AN_ARCHETYPE = ["server_type", "timestamp"]
CHANGES: dict[str, tuple[Change, set[str]]] = {
    "duplicate key": (with_duplicate, {"row_count", "unique_keys", "order"}),
    "missing day": (with_missing_day, {"row_count", "no_gaps"}),
    "a day in place of another": (with_day_told_twice, {"unique_keys", "no_gaps", "order"}),
    "missing server": (without_server, {"row_count", "fleet"}),
    "6 % nulls": (with_nulls, {"completeness"}),
    "wrong flag": (with_cells(is_holiday=1), {"calendar"}),
    "wrong year": (lambda panel: panel.with_columns(pl.col("year") + 1), {"calendar"}),
    "a metric shuffled among servers": (with_shuffled("mem_p95", OF_AN_ARCHETYPE), {"correlation"}),
    "a derived metric shuffled among servers": (
        with_shuffled("net_out_p95", OF_AN_ARCHETYPE),
        {"correlation"},
    ),
}


CHANGED_AT_ONCE = [
    ["duplicate key", "wrong flag", "6 % nulls"],
    ["missing day", "a metric shuffled among servers"],
    [
        *("missing server", "wrong year"),
        *("a day in place of another", "a derived metric shuffled among servers"),
    ],
]


@pytest.mark.parametrize("names", CHANGED_AT_ONCE, ids=", ".join)
def test_changes_fail_their_rules_and_no_others(
    names: list[str], good: Path, tmp_path: Path
) -> None:
    changed = read(good)
    expected: set[str] = set()
    for name in names:
        change, rules = CHANGES[name]
        assert not expected & rules, "a rule that fails must show which change it found"
        changed = change(changed)
        expected |= rules
    changed = changed.cast({"is_holiday": pl.Int8})
    assert failed(write(changed, tmp_path / "data", good)) == expected


def test_each_change_is_made() -> None:
    assert sorted(name for names in CHANGED_AT_ONCE for name in names) == sorted(CHANGES)


def test_values_outside_the_clip_are_found_column_by_column(good: Path, tmp_path: Path) -> None:
    """Above and below it, and what is no number."""
    change = with_cells(cpu_p95=100.01, disk_p95=-0.01, mem_p95=math.nan, net_in_p95=math.inf)
    report = check_but_remade(write(change(read(good)), tmp_path / "data", good))
    assert names_of(report, Verdict.FAIL) == {"valid_range"}
    (finding,) = (rule.worst for rule in report.rules if rule.name == "valid_range")
    assert str(finding.measured).startswith("4 of ")
    assert set(finding.columns) == {"cpu_p95", "disk_p95", "mem_p95", "net_in_p95"}


def wrong_subjects(report: Report, name: str) -> set[str]:
    (rule,) = (rule for rule in report.rules if rule.name == name)
    return {finding.subject for finding in rule.findings if finding.verdict is Verdict.FAIL}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(
            with_shuffled("server_type", "timestamp"),
            {"fleet", "level", "spread"},
            id="type shuffled",
        ),
        pytest.param(with_types_swapped, {"fleet", "level"}, id="types swapped", marks=deep),
        pytest.param(
            with_shuffled("cpu_p95", "server_id"),
            {"correlation", "weekend"},
            id="metric shuffled in time",
        ),
        pytest.param(
            with_shuffled("timestamp", "server_id"),
            {"calendar", "weekend"},
            id="timestamps shuffled",
            marks=deep,
        ),
    ],
)
def test_a_change_fails_its_rules_among_others(
    change: Change, expected: set[str], good: Path, tmp_path: Path
) -> None:
    assert failed(write(change(read(good)), tmp_path / "data", good)) >= expected


# An effect that is missing.

# Two effects of the calendar, and one of each archetype: the rules that say so, and of whom.
MISSING: dict[str, Any] = {
    "calendar": {"eoq": {"peak": 0.0}, "holiday_factors": []},
    "archetypes": {
        "web": {"weekend_factor": 1.0},
        "application": {"correlation": {"cpu~net_in": 0.0}},
        "database": {"growth_percent_per_month": 0.0},
        "batch": {"spike": {"probability": 0.0}},
    },
}
WHO_LACKS = {
    "eoq": "application, all metrics",
    "holiday": "application, all metrics",
    "weekend": "web, all metrics",
    "correlation": "application cpu_p95~net_in_p95",
    "growth": "database, all metrics",
    "spike_rate": "batch mem_p95",
}


def rebuilt(folder: Path, other: Path, overrides: dict[str, Any]) -> Path:
    """Build from a changed configuration, under the manifest of the unchanged one."""
    build(make_config(**merged(config_values(CONFIG), overrides)), folder, workers=1)
    borrow_manifest(folder, other)
    return folder


def test_effects_that_are_missing_are_found(good: Path, tmp_path: Path) -> None:
    report = check_but_remade(rebuilt(tmp_path / "data", good, MISSING))
    for rule, subject in WHO_LACKS.items():
        assert subject in wrong_subjects(report, rule), rule
    assert names_of(report, Verdict.PASS) >= STRUCTURE


def test_an_effect_that_is_missing_in_one_archetype_is_found(good: Path, tmp_path: Path) -> None:
    flat = {"archetypes": {"database": {"weekend_factor": 1.0}}}
    report = check_but_remade(rebuilt(tmp_path / "data", good, flat))
    wrong = wrong_subjects(report, "weekend")
    assert {subject.split()[0].strip(",") for subject in wrong} == {"database", "all"}
    (rule,) = (rule for rule in report.rules if rule.name == "weekend")
    (pooled,) = (each for each in rule.findings if each.subject == "database, all metrics")
    assert pooled.measured == pytest.approx(0, abs=0.1)


def of_archetype(name: str) -> dict[str, Any]:
    return CONFIG.archetypes[name].model_dump(exclude={"share"})


def test_values_of_two_archetypes_swapped_and_two_alike(good: Path, tmp_path: Path) -> None:
    changed = {"web": "database", "database": "web", "application": "batch"}
    archetypes = {name: of_archetype(other) for name, other in changed.items()}
    report = check_but_remade(rebuilt(tmp_path / "data", good, {"archetypes": archetypes}))
    assert "fleet" in names_of(report, Verdict.PASS)
    for rule in ("level", "spread", "weekend"):
        wrong = {subject.split()[0].strip(",") for subject in wrong_subjects(report, rule)}
        assert wrong >= {"web", "database"}, rule
    assert wrong_subjects(report, "archetypes_differ") == {"application and batch"}


# The schema.


def test_wrong_columns_in_one_file_of_many(good: Path, tmp_path: Path) -> None:
    """Too narrow, of text, too wide, missing, too many: all other columns are judged anyway."""
    folder = write(read(good), tmp_path / "data", good)
    file = folder / "year=2024/server_type=web/part-00000.parquet"
    kinds: dict[str, Any] = {"cpu_p95": pl.Float32, "disk_p95": pl.String, "month": pl.Int64}
    rows = pl.read_parquet(file, hive_partitioning=False)
    cast = (pl.col(name).cast(kind) for name, kind in kinds.items())
    rows.with_columns(*cast, more=1).drop("region").write_parquet(file)
    report = check(folder)
    assert names_of(report, Verdict.FAIL) == {"schema"}
    assert report.rules[0].worst.measured == "1 of 8"
    assert {"level", "remade"} <= names_of(report, Verdict.PASS)
    for column in (*kinds, "region: missing", "more: not expected"):
        assert column in report.rules[0].worst.note
    for column in (*kinds, "region"):
        assert not any(column in each.subject for rule in report.rules for each in rule.findings)


def test_timestamps_with_a_zone(good: Path, tmp_path: Path) -> None:
    zoned = read(good).cast({"timestamp": pl.Datetime("us", "UTC")})
    report = check(write(zoned, tmp_path / "data", good))
    assert names_of(report, Verdict.FAIL) == {"schema"}
    assert "timestamp: " in report.rules[0].worst.note


def test_folders_that_are_no_years(good: Path, tmp_path: Path) -> None:
    folder = write(read(good).with_columns(year=pl.lit("then")), tmp_path / "data", good)
    report = check(folder)
    assert names_of(report, Verdict.FAIL) == {"schema"}
    said = "outside folders of year and server_type, such as year=then/"
    assert said in report.rules[0].worst.note


def test_a_stray_file_and_columns_out_of_order(good: Path, tmp_path: Path) -> None:
    panel = read(good)
    folder = write(panel.select(sorted(panel.columns)), tmp_path / "data", good)
    shutil.copy(next(folder.rglob("*.parquet")), folder / "stray.parquet")
    report = check_but_remade(folder)
    assert names_of(report, Verdict.FAIL) == {"schema"}
    assert "such as stray.parquet" in report.rules[0].worst.note
    assert "order app_name, business_unit, " in report.rules[0].worst.note
    for year in folder.glob("year=*"):
        shutil.rmtree(year)
    report = check(folder)
    assert [rule.name for rule in report.rules] == ["schema"]
    assert names_of(report, Verdict.FAIL) == {"schema"}


def test_size(tmp_path: Path) -> None:
    folder = tmp_path / "good"
    some_100_000_rows = make_config(num_servers=112, end_date="2024-06-30")
    build(some_100_000_rows, folder, workers=1)
    rows = read(folder)
    repeated = [name for name in rows.columns if not name.endswith("_p95")]
    hardly_packed = {"compression": "none", "use_dictionary": repeated}
    write(rows, tmp_path / "bad", folder, **hardly_packed)
    good = size_found(folder)
    assert good.verdict is Verdict.PASS
    assert 5 < good.details["csv_bytes"] / good.details["bytes"] < 10
    assert good.details["csv_bytes"] == pytest.approx(csv_bytes(folder), rel=0.02)
    bad = size_found(tmp_path / "bad")
    assert bad.verdict is Verdict.FAIL
    assert 2 < bad.details["csv_bytes"] / bad.details["bytes"] < 3
    assert bad.details["bytes"] < 10_000_000  # so that it fails for the ratio alone


def size_found(folder: Path) -> Finding:
    with open_source(folder, None) as source:
        (found,) = size_finding(Evidence(source, None))
    return found


def csv_bytes(folder: Path) -> int:
    rows = read(folder).with_columns(pl.col("timestamp").dt.to_string("%Y-%m-%d %H:%M:%S"))
    return len(rows.write_csv())


def test_a_damaged_file_is_no_wrong_request(good: Path, tmp_path: Path) -> None:
    folder = write(read(good), tmp_path / "data", good)
    file = next(folder.rglob("*.parquet"))
    file.write_bytes(file.read_bytes()[:1000])
    with pytest.raises(CapgenError, match="Parquet files that DuckDB can read") as error:
        check(folder)
    assert not isinstance(error.value, RequestError)
